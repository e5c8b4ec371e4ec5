"""What people read: workbooks, maps, pages."""
