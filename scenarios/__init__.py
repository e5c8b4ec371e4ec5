"""Stories: a case, solved, checked, priced and measured."""
