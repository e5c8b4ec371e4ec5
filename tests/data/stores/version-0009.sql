BEGIN TRANSACTION;
CREATE TABLE accounts (
	person_id VARCHAR(40) NOT NULL, 
	password_hash TEXT NOT NULL, 
	password_utc VARCHAR(27), 
	second_factor TEXT NOT NULL, 
	used_step INTEGER NOT NULL, 
	recovery_hashes TEXT NOT NULL, 
	subject TEXT, 
	works_for TEXT NOT NULL, 
	is_disabled BOOLEAN NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (person_id), 
	CONSTRAINT fk_accounts_person_id FOREIGN KEY(person_id) REFERENCES people (person_id), 
	CONSTRAINT uq_accounts_subject UNIQUE (subject)
)
 WITHOUT ROWID

;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0009');
CREATE TABLE api_tokens (
	token_no INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	person_id VARCHAR(40) NOT NULL, 
	label TEXT NOT NULL, 
	is_read_only BOOLEAN NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	expires_utc VARCHAR(27) NOT NULL, 
	used_utc VARCHAR(27), 
	revoked_utc VARCHAR(27), 
	CONSTRAINT pk_api_tokens PRIMARY KEY (token_no), 
	CONSTRAINT fk_api_tokens_person_id FOREIGN KEY(person_id) REFERENCES people (person_id), 
	CONSTRAINT uq_api_tokens_token_hash UNIQUE (token_hash)
);
CREATE TABLE audit_entries (
	entry_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	at_utc VARCHAR(27) NOT NULL, 
	person_id TEXT NOT NULL, 
	roles TEXT NOT NULL, 
	address TEXT NOT NULL, 
	action VARCHAR(60) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	record_id TEXT NOT NULL, 
	before_hash VARCHAR(64) NOT NULL, 
	after_hash VARCHAR(64) NOT NULL, 
	reason VARCHAR(60) NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	entry_hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_entries PRIMARY KEY (entry_no), 
	CONSTRAINT uq_audit_entries_entry_hash UNIQUE (entry_hash)
);
CREATE TABLE candidates (
	night_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	saved_utc VARCHAR(27) NOT NULL, 
	plan_no INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_candidates PRIMARY KEY (night_no, position), 
	CONSTRAINT fk_candidates_night_no FOREIGN KEY(night_no) REFERENCES nights (night_no), 
	CONSTRAINT fk_candidates_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no)
)
 WITHOUT ROWID

;
CREATE TABLE check_reports (
	run_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	plan_id TEXT NOT NULL, 
	report_hash VARCHAR(64) NOT NULL, 
	n_violations INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	CONSTRAINT pk_check_reports PRIMARY KEY (run_no, position), 
	CONSTRAINT fk_check_reports_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "check_reports" VALUES(1,0,'handmade-wed','aa75d36b4b963cdbc1414d4ad7260ac2aba24f8cc962b67cee0f8f6066a7d8db',0,'{"plan_id":"handmade-wed","day_type_id":"wed-a-term","plan_hash":"d32121924dc545ed6cc2c7ef28293e23624fc872053982872d5f602fbf44cbea","inputs_hash":"221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171","matrix_hash":"1111111111111111111111111111111111111111111111111111111111111111","violations":[],"counts":{"n_passengers":8,"n_journeys":16,"n_carried":0,"n_unserved":0,"n_stops":0,"n_routes":0,"n_duties":0,"n_legs":0,"n_lines":0},"ride_guide":[],"cost_pence":null,"full_cost_pence":null,"flags":[],"notes":[],"parts":[]}');
CREATE TABLE cost_lines (
	run_no INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	position INTEGER NOT NULL, 
	plan_id TEXT NOT NULL, 
	duty_id TEXT NOT NULL, 
	route_id TEXT, 
	provider_id TEXT NOT NULL, 
	basis VARCHAR(20) NOT NULL, 
	item VARCHAR(40) NOT NULL, 
	quantity BIGINT NOT NULL, 
	unit VARCHAR(40) NOT NULL, 
	rate_mpence BIGINT NOT NULL, 
	amount_pence BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	shared_by TEXT NOT NULL, 
	CONSTRAINT pk_cost_lines PRIMARY KEY (run_no, role, position), 
	CONSTRAINT fk_cost_lines_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "cost_lines" VALUES(1,'shown',0,'handmade-wed','own-1',NULL,'own','avoidable','driver_hours',16200,'s',2000000,9000,'','[]');
INSERT INTO "cost_lines" VALUES(1,'shown',1,'handmade-wed','own-1',NULL,'own','avoidable','running',8700,'m',45000,243,'','[]');
INSERT INTO "cost_lines" VALUES(1,'shown',2,'handmade-wed','own-1',NULL,'own','fixed','overhead',1,'duty',3000000,3000,'','[]');
INSERT INTO "cost_lines" VALUES(1,'shown',3,'handmade-wed','abc-1','r3','abc','contract','fixed',1,'route',1200000,1200,'','[]');
INSERT INTO "cost_lines" VALUES(1,'shown',4,'handmade-wed','abc-1','r3','abc','contract','loaded_mile',1200,'m',260000,194,'','[]');
INSERT INTO "cost_lines" VALUES(1,'shown',5,'handmade-wed','xyz-1','r4','xyz','contract','fixed',1,'route',1708000,1708,'','[]');
CREATE TABLE day_changes (
	change_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	target_id TEXT NOT NULL, 
	first_date DATE NOT NULL, 
	last_date DATE, 
	leave_s INTEGER, 
	received_utc VARCHAR(27) NOT NULL, 
	source TEXT NOT NULL, 
	withdrawn_utc VARCHAR(27), 
	CONSTRAINT pk_day_changes PRIMARY KEY (change_no)
);
CREATE TABLE dead_runs (
	plan_no INTEGER NOT NULL, 
	duty_pos INTEGER NOT NULL, 
	run_pos INTEGER NOT NULL, 
	from_place_id TEXT NOT NULL, 
	to_place_id TEXT NOT NULL, 
	depart_s INTEGER NOT NULL, 
	arrive_s INTEGER NOT NULL, 
	drive_m INTEGER NOT NULL, 
	before_route INTEGER NOT NULL, 
	CONSTRAINT pk_dead_runs PRIMARY KEY (plan_no, duty_pos, run_pos), 
	CONSTRAINT fk_dead_runs_plan_no_duty_pos FOREIGN KEY(plan_no, duty_pos) REFERENCES duties (plan_no, duty_pos)
)
 WITHOUT ROWID

;
INSERT INTO "dead_runs" VALUES(1,0,0,'pl-depot','pl-h1',28500,28800,1000,0);
INSERT INTO "dead_runs" VALUES(1,0,1,'pl-h1','pl-depot',55050,55350,1000,2);
CREATE TABLE deliveries (
	delivery_no INTEGER NOT NULL, 
	hook_no INTEGER NOT NULL, 
	publication_no INTEGER NOT NULL, 
	n_tries INTEGER NOT NULL, 
	next_utc VARCHAR(27) NOT NULL, 
	done_utc VARCHAR(27), 
	status INTEGER NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (delivery_no), 
	CONSTRAINT fk_deliveries_hook_no FOREIGN KEY(hook_no) REFERENCES webhooks (hook_no), 
	CONSTRAINT uq_deliveries_hook_no_publication_no UNIQUE (hook_no, publication_no)
);
CREATE TABLE documents (
	fingerprint VARCHAR(64) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_documents PRIMARY KEY (fingerprint)
)
 WITHOUT ROWID

;
INSERT INTO "documents" VALUES('0c1b2b359f7ac6abdbdf05d21a1aa97c105588634bf3d2ceec6402eb97caff39','demands','{"demand_id":"d2-out","passenger_id":"p2","site_id":"school","home_id":"h2","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('0c84d57121738510b840338aa35dd30c259c5484801e7e6dac768e308c043d6f','places','{"place_id":"pl-h1","easting_m":585200,"northing_m":186900,"lon":0.6735294117647058,"lat":51.54810810810811,"postcode":"SS1 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('0f244a81baa5703a8202fc7a7b9067fdf85879085a4556cdc96eddbe66981e41','demands','{"demand_id":"d4-out","passenger_id":"p4","site_id":"school","home_id":"h4","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('118eff9651278acfc57123479864fecb3675534c438a9ebc2e1d10be8629934a','depots','{"depot_id":"depot","name":"Depot","place_id":"pl-depot","opens_s":18000,"closes_s":72000,"is_position_assumed":false}');
INSERT INTO "documents" VALUES('209032f83ac4352184903a6cde11ec192a538c83173c3c7479794f16267a3b57','passengers','{"passenger_id":"p1","name":"Canaryname A","birth_date":"2017-01-01","phase":"primary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":2,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('34700ed48e1d92ce10b65a8171f55db667f97a1f4aff63b35b6e192dd7171d61','rate_cards','{"rate_card_id":"abc-2026","supplier_id":"abc","valid_from":"2026-09-01","valid_to":"2027-08-31","rates":[{"basis":"fixed","amount_mpence":1200000,"vehicle_type_id":null,"sessions":["am","day_home","day_out","pm"],"from_m":0,"to_m":null}],"vat":"by_vehicle","uplift_bp":0,"source":"","grade":"C"}');
INSERT INTO "documents" VALUES('37e70fe85b41f6af013db1e3c8997a0b5cf3c1af1572998a9e31cccb2f4087c6','places','{"place_id":"pl-centre","easting_m":588800,"northing_m":186200,"lon":0.7264705882352941,"lat":51.5418018018018,"postcode":"SS3 1AA","is_beyond_network":false}');
INSERT INTO "documents" VALUES('3c273b725b2a42596aba76312cfe4468c50b2d15115e5db4cd8300aabadc4b27','homes','{"home_id":"h7","passenger_id":"p7","place_id":"pl-h7","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('3cee63458111658c86c7dac7ef54b4fa1a70452f1e1aae5db73092cf34c6c340','crews','{"crew_id":"c2","role":"assistant","depot_id":"depot","has_d1":false,"has_cpc":false,"is_medically_trained":false,"from_s":19800,"to_s":68400}');
INSERT INTO "documents" VALUES('3d8abd364364c4093290e0d73284a28462d6547a0017a1aa94336dc6f9d268ba','header','{"place":"handmade","title":"A small council made by hand","service_date":"2026-09-16","year_from":"2026-09-01","year_to":"2027-08-31","is_synthetic":true,"attribution":["Contains OS data © Crown copyright and database right 2026"]}');
INSERT INTO "documents" VALUES('40092879cdc69e0d0ed011a56c6712f83487fb60b567eab3892a7c38f8a9c25e','passengers','{"passenger_id":"p8","name":"Canaryname H","birth_date":"2017-01-08","phase":"primary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('4049dc4cf069992194ddbdecc1f391bf5ef1bf2cbd6855a040447d3561118039','order','["school", "centre"]');
INSERT INTO "documents" VALUES('41c63ceb05061131c6fe998b5a02514bc535f1803748b342a292f1d2d90481c2','own_costs','{"types":[{"vehicle_type_id":"bus","running_mpence":45000,"vehicle_pence_per_year":800000,"standing_pence_per_year":450000}],"driver":{"pay_mpence_per_hour":1347000,"worked_minutes_per_year":52650,"leave_bp":1600,"pension_bp":2000,"levy_bp":50,"ni_bp":1500,"ni_threshold_pence":500000},"assistant":{"pay_mpence_per_hour":1305000,"worked_minutes_per_year":52650,"leave_bp":1600,"pension_bp":2000,"levy_bp":50,"ni_bp":1500,"ni_threshold_pence":500000},"trained_assistant_extra_mpence_per_hour":0,"cover_bp":600,"sign_on_s":600,"min_paid_s":8100,"split_gap_s":3600,"overhead_bp":1200,"days_per_year":190}');
INSERT INTO "documents" VALUES('442c0560473c36a45ca6750e2b85ab11ee99d9567a71ac6ba32749d49608c938','demands','{"demand_id":"d5-out","passenger_id":"p5","site_id":"school","home_id":"h5","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('547b432ea0165fd49ffd1509c4fb8bfd1b4c5f1a7942b061ce737f5ba8da1a86','homes','{"home_id":"h2","passenger_id":"p2","place_id":"pl-h2","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":true}');
INSERT INTO "documents" VALUES('54a720ee18228476bc25ff2ab72e246623e484e282f6b37331362326f5622603','homes','{"home_id":"h4","passenger_id":"p4","place_id":"pl-h4","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('5ea9a409eb600c626a5c4614b879cdf6c03d1a48e358d055bdfcfd4634b541e1','places','{"place_id":"pl-h2","easting_m":585900,"northing_m":187400,"lon":0.6838235294117646,"lat":51.55261261261261,"postcode":null,"is_beyond_network":false}');
INSERT INTO "documents" VALUES('60db00204a81a523ecd96a039723c89b993f2530a3ec2895478c962b04f8dff5','passengers','{"passenger_id":"p2","name":"Canaryname B","birth_date":"2017-01-02","phase":"primary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":true,"barred_suppliers":[],"equipment":["harness"]}');
INSERT INTO "documents" VALUES('62ba04156bd855bd66243ff124fe1b29c7a8aeb019c45654fe3e5fcdcc85ccd4','demands','{"demand_id":"d2-home","passenger_id":"p2","site_id":"school","home_id":"h2","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('63b18de24d2807fe96b124c6bcad2a93c2e6d262b1ffee82a6d3bd8fc83ad0d9','order','["d1-out", "d1-home", "d2-out", "d2-home", "d3-out", "d3-home", "d4-out", "d4-home", "d5-out", "d5-home", "d6-out", "d6-home", "d7-out", "d7-home", "d8-out", "d8-home"]');
INSERT INTO "documents" VALUES('63d9afda9009068d5efe126922fabec017c278816318095bd1debe4e20ecda2a','vehicle_types','{"vehicle_type_id":"bus","name":"Accessible minibus","layouts":[{"n_seats":12,"n_wheelchair_spaces":0},{"n_seats":8,"n_wheelchair_spaces":2}],"has_lift":true,"n_passenger_seats":12,"n_places_before_adaptation":16,"co2e_g_per_km":0}');
INSERT INTO "documents" VALUES('6757ba2bd1c13af7b51bee29ea4b87b5898136d235735e513a86e847e59c7eb8','demands','{"demand_id":"d3-home","passenger_id":"p3","site_id":"school","home_id":"h3","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('69c9c313696d9d8757520ed4d2eda1012503ae6c4099233d658a2f30d639b73d','demands','{"demand_id":"d5-home","passenger_id":"p5","site_id":"school","home_id":"h5","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('7117087a3e4a75e6b8f22fc3ff4a33073831f639456002a211d748f31f3cd045','passengers','{"passenger_id":"p6","name":"Canaryname F","birth_date":"2017-01-06","phase":"adult","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('715fd4e0d01e2dfca36dff14c38cee92da86a0505e0a71bf35ace4e1138b4e5b','demands','{"demand_id":"d6-out","passenger_id":"p6","site_id":"centre","home_id":"h6","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('71a8b409d7af8b0c47a1742f40989e14417ca627b53cf7de77c9cccf5ea0ac95','passengers','{"passenger_id":"p3","name":"Canaryname C","birth_date":"2017-01-03","phase":"secondary","need":"need-canary-zq","wheelchair":"stays","needs_lift":true,"n_seats":1,"assistant":"shared","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('768ccd16ad08c9de55c6207e676c3f0cd5afcf83a21b43449345566b23233263','assumptions','{"name":"Taxi rate","value":"2.60","unit":"£/loaded mile","year":"2025","source":"=cmd|''/c calc''!A1","grade":"C"}');
INSERT INTO "documents" VALUES('76bdc815d5132d7debb0e19f397d072664fca5267b6d915b5aab6bc855bf7424','homes','{"home_id":"h5","passenger_id":"p5","place_id":"pl-h5","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('7f5da44e7ade488ef3ce29e7dbf58be09b3b38868c7eb659f23280d3f71bab9b','order','["pl-depot", "pl-base", "pl-school", "pl-centre", "pl-h1", "pl-h2", "pl-h3", "pl-h4", "pl-h5", "pl-h6", "pl-h7", "pl-h8"]');
INSERT INTO "documents" VALUES('8321614e30f2881364811620d4fb2824d17de29c5a2b40004f3890c154468f34','passengers','{"passenger_id":"p7","name":"Canaryname G","birth_date":"2017-01-07","phase":"adult","need":"need-canary-zq","wheelchair":"transfers","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('8400fe1366eddda55bb05b37fb5dd7ce136c4822abb2e62ed378aedb44c3dff1','sites','{"site_id":"centre","name":"Viking Day Centre","kind":"day_centre","place_id":"pl-centre","arrive_from_s":34200,"arrive_by_s":36000,"leave_from_s":50400,"leave_by_s":52200,"calendar_id":"term","dwell_s":120,"n_places":null,"is_position_assumed":true,"note":""}');
INSERT INTO "documents" VALUES('85384c5d9c479e9b3446ac2592d12938f1589098a04f496c530210d1439d4852','homes','{"home_id":"h1","passenger_id":"p1","place_id":"pl-h1","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('85f96f3cce02b34b66006e32ab8f4abb8830dd881af7be22b4b9ac277f19778a','passengers','{"passenger_id":"p5","name":"Canaryname E","birth_date":"2017-01-05","phase":"secondary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('8776e3a7baa57d9df17c8b709f50d86956fae8f1103bb924f7723d608466a635','passengers','{"passenger_id":"p4","name":"Canaryname D","birth_date":"2017-01-04","phase":"primary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":true,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('89515b2f711de6d48a2cbeeec45ef7210a1b04e2ed5caf78b84b636b7ac8c59b','places','{"place_id":"pl-h2","easting_m":585900,"northing_m":187400,"lon":0.6838235294117646,"lat":51.55261261261261,"postcode":"ZZ9 9ZZ","is_beyond_network":false}');
INSERT INTO "documents" VALUES('8e49d38f63ad5ab6b277d94f3a9212c1bed5a6cb072cbf1ec9c68cc43a9e4fe3','calendars','{"calendar_id":"term","name":"Term","first_date":"2026-09-01","last_date":"2027-08-31","open_dates":["2026-09-16","2026-09-17"],"week_b_dates":[]}');
INSERT INTO "documents" VALUES('8ec1989560474619fa65ea75534b1e4811c9c71f1f6cbecbbcc56643b7306139','demands','{"demand_id":"d7-home","passenger_id":"p7","site_id":"centre","home_id":"h7","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('9132ceebd7ade4a12f06f9bba3a48bcd8247fea3452c0fb2898c11b98cce7965','vehicle_types','{"vehicle_type_id":"van","name":"Car","layouts":[{"n_seats":4,"n_wheelchair_spaces":0}],"has_lift":false,"n_passenger_seats":4,"n_places_before_adaptation":5,"co2e_g_per_km":0}');
INSERT INTO "documents" VALUES('9610225b73fc81e713b43d9ee042702f5067cd5b3f6f0a2b85c7e46a9c8489e2','places','{"place_id":"pl-h6","easting_m":589800,"northing_m":187000,"lon":0.7411764705882352,"lat":51.549009009009005,"postcode":"SS6 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('9ee7eaa9060d459e4ffcb582093ff6bf26d35d8606f4a7440069021bf030c3ce','suppliers','{"supplier_id":"abc","name":"ABC Cars","vehicles":[{"vehicle_type_id":"van","n_vehicles":5}],"base_place_id":"pl-base","area_centre_place_id":null,"area_radius_m":null,"is_vat_registered":true,"has_private_hire_licence":true,"has_psv_licence":false,"has_section_19_permit":false,"is_for_profit":true,"n_assistants":1000,"n_trained_assistants":0}');
INSERT INTO "documents" VALUES('a34581350e16cbd7c09c8a4fc1f4b9310b811b02670c5eed3aa571261ec681c5','demands','{"demand_id":"d4-home","passenger_id":"p4","site_id":"school","home_id":"h4","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('a548a76668248b880277802b0a8986a38346e8a8144a8d3c85534fa94cf3f8b4','homes','{"home_id":"h6","passenger_id":"p6","place_id":"pl-h6","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('a672983a7b783fc76f0d8a9b3c469d30848c078c35a5e9ee3a79d650829ad56a','places','{"place_id":"pl-school","easting_m":587500,"northing_m":187500,"lon":0.7073529411764705,"lat":51.553513513513515,"postcode":"SS2 1AA","is_beyond_network":false}');
INSERT INTO "documents" VALUES('a8bb833826ecdf3ca4c9fac6269cd500fd976042ebb420f45346a2277f2f90dd','demands','{"demand_id":"d8-home","passenger_id":"p8","site_id":"school","home_id":"h8","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('abceb38d98b43cf05ff6239c7895b254f9087d31700b13c3e5da7126c6c3a733','sites','{"site_id":"school","name":"Cedar School","kind":"special_school","place_id":"pl-school","arrive_from_s":30600,"arrive_by_s":32400,"leave_from_s":54000,"leave_by_s":55200,"calendar_id":"term","dwell_s":120,"n_places":null,"is_position_assumed":false,"note":""}');
INSERT INTO "documents" VALUES('afd916c4a3f78186c66ccba55998438d937c56ebbdcb997c2f31caf5e0df70ce','demands','{"demand_id":"d8-out","passenger_id":"p8","site_id":"school","home_id":"h8","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('b26634aaac259782234e785ad3f972476e42422394db00c121aa56a33970e09d','places','{"place_id":"pl-h4","easting_m":588300,"northing_m":188300,"lon":0.7191176470588235,"lat":51.56072072072072,"postcode":"SS4 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('bccf646f43a4ad05f551892fa7610eb89bccc3b9802b0e3149a8f8bc336a46ae','demands','{"demand_id":"d1-home","passenger_id":"p1","site_id":"school","home_id":"h1","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('bf053f114f61da94bbf7e6adcff2fd7095f6d3e2729f6f209306265873b9885a','policy','{"ride_guide_primary_s":2700,"ride_guide_secondary_s":4500,"ride_cap_primary_s":2700,"ride_cap_secondary_s":4500,"ride_cap_adult_s":4500,"direct_ride_bp":15000,"max_sites_per_route":2,"is_mixing_children_and_adults":false,"shared_assistant_ratio":6,"walk_limit_primary_m":805,"walk_limit_secondary_m":1609,"different_crew_pence":150,"weekday_difference_pence":100,"unserved_pence":1000000,"max_driving_s":36000,"max_spread_s":57600,"min_rest_s":36000,"break_after_driving_s":19800,"break_s":1800,"beyond_network_bp":13000,"beyond_network_m_per_h":48000,"walk_m_per_h":4800,"is_vat_recovered":true}');
INSERT INTO "documents" VALUES('c28e2f9ebb46acf6c61ff8de5f9f9a30b26cb909e30577886f50f7ba50539725','demands','{"demand_id":"d7-out","passenger_id":"p7","site_id":"centre","home_id":"h7","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('c37c9d4d8aad18c479014d9d7ff76e65fceb59dca776ea23af1b94a4da8aca86','places','{"place_id":"pl-h8","easting_m":586900,"northing_m":185800,"lon":0.6985294117647058,"lat":51.538198198198195,"postcode":"SS8 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('c5dc749cfce85a76b3cca9974c5635beddfd4accd8219a3df5223b71c98fc9e6','homes','{"home_id":"h8","passenger_id":"p8","place_id":"pl-h8","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('c72f0ff4160b8f73f07aac7e5807100e6fbdd6e15ffef1d35248d204ee948833','places','{"place_id":"pl-depot","easting_m":586000,"northing_m":186500,"lon":0.6852941176470588,"lat":51.5445045045045,"postcode":"SS1 1AA","is_beyond_network":false}');
INSERT INTO "documents" VALUES('c8783f69dad5cb95b598786e89e99523e94ea5738ef9508469fdf4032cf5a86d','homes','{"home_id":"h3","passenger_id":"p3","place_id":"pl-h3","pick_up_from_s":null,"received_from_s":null,"received_by_s":null,"is_protected":false}');
INSERT INTO "documents" VALUES('cc5648bbfed1946cd5ce4d4c9cd6684480d3bd1faca5744b2933137bac28b2ff','suppliers','{"supplier_id":"xyz","name":"XYZ/Coaches: Southend?","vehicles":[{"vehicle_type_id":"van","n_vehicles":5}],"base_place_id":null,"area_centre_place_id":null,"area_radius_m":null,"is_vat_registered":true,"has_private_hire_licence":true,"has_psv_licence":false,"has_section_19_permit":false,"is_for_profit":true,"n_assistants":1000,"n_trained_assistants":0}');
INSERT INTO "documents" VALUES('ccf41c9ff794664e431ee28b81a61fbf1e9bc36857e1c39be94de8765be582d4','demands','{"demand_id":"d6-home","passenger_id":"p6","site_id":"centre","home_id":"h6","direction":"home","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('d638252abe01f956c08494fc6939ceac98eb3b4736795e19d9bfd9c1d2e4819b','places','{"place_id":"pl-h5","easting_m":588900,"northing_m":187600,"lon":0.7279411764705882,"lat":51.55441441441442,"postcode":"SS5 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('d8b783e78194af1d4450dff77af8a9545aa88e154fa611b226da0122f0b0db6b','rate_cards','{"rate_card_id":"xyz-2026","supplier_id":"xyz","valid_from":"2026-09-01","valid_to":"2027-08-31","rates":[{"basis":"fixed","amount_mpence":1200000,"vehicle_type_id":null,"sessions":["am","day_home","day_out","pm"],"from_m":0,"to_m":null}],"vat":"by_vehicle","uplift_bp":0,"source":"","grade":"C"}');
INSERT INTO "documents" VALUES('dd363fa7ae01164b9ba206fe2b8fd550ff4da7ce309221b9208fc8ee1660a121','places','{"place_id":"pl-h7","easting_m":589400,"northing_m":186400,"lon":0.7352941176470588,"lat":51.5436036036036,"postcode":"SS7 4AB","is_beyond_network":false}');
INSERT INTO "documents" VALUES('dfb67a56e09ce31a9b9714ac605259d8c8c54bc5832b92df3d17b1fa7c8f2d6d','demands','{"demand_id":"d3-out","passenger_id":"p3","site_id":"school","home_id":"h3","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('e3e101d45b8683855d3d9b34032795959a312b5a16a457dc078037ebfda6bc5b','demands','{"demand_id":"d1-out","passenger_id":"p1","site_id":"school","home_id":"h1","direction":"out","weekdays":[0,1,2,3,4],"weeks":["A","B"],"starts_on":null,"ends_on":null}');
INSERT INTO "documents" VALUES('e3e7ad708e3fba84935c8cce751062adf7623584dc845bcd87e36fd473fa0f70','vehicles','{"vehicle_id":"v1","vehicle_type_id":"bus","depot_id":"depot"}');
INSERT INTO "documents" VALUES('e67f9877d131bca7abd643c839431f9ba707bcd603531b26e72b763087ada8b0','crews','{"crew_id":"c1","role":"driver","depot_id":"depot","has_d1":true,"has_cpc":true,"is_medically_trained":false,"from_s":19800,"to_s":68400}');
INSERT INTO "documents" VALUES('e715244ce9d8b3653451941a629c499236bcdcccfa4efbab3ad6b4e76a25811c','places','{"place_id":"pl-base","easting_m":589500,"northing_m":185500,"lon":0.7367647058823529,"lat":51.535495495495496,"postcode":"SS1 2AA","is_beyond_network":false}');
INSERT INTO "documents" VALUES('f2c94fd84e53b49510ef74817dc8c19385fab3f3b233447d9167678b7bede48a','passengers','{"passenger_id":"p1","name":"Canaryname A","birth_date":"2017-01-01","phase":"primary","need":"need-canary-zq","wheelchair":"none","needs_lift":false,"n_seats":1,"assistant":"none","assistant_id":null,"needs_trained_assistant":false,"travels_alone":false,"apart_from":[],"together_with":[],"max_ride_s":null,"walk_limit_m":0,"boarding_s":60,"alighting_s":30,"must_be_received":false,"barred_suppliers":[],"equipment":[]}');
INSERT INTO "documents" VALUES('fcb4a1495dffe8a2601a827705e3506909406158459cd71b3084e9abb7333f02','places','{"place_id":"pl-h3","easting_m":586400,"northing_m":188000,"lon":0.6911764705882353,"lat":51.55801801801802,"postcode":"SS3 4AB","is_beyond_network":false}');
CREATE TABLE draft_searches (
	search_no INTEGER NOT NULL, 
	draft_no INTEGER NOT NULL, 
	version_no INTEGER NOT NULL, 
	seconds INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	asked_by TEXT NOT NULL, 
	asked_utc VARCHAR(27) NOT NULL, 
	told_utc VARCHAR(27) NOT NULL, 
	wants_stop INTEGER NOT NULL, 
	progress TEXT NOT NULL, 
	plan_no INTEGER, 
	message TEXT NOT NULL, 
	CONSTRAINT pk_draft_searches PRIMARY KEY (search_no), 
	CONSTRAINT fk_draft_searches_draft_no FOREIGN KEY(draft_no) REFERENCES drafts (draft_no), 
	CONSTRAINT fk_draft_searches_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no)
);
CREATE TABLE drafts (
	draft_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	title TEXT NOT NULL, 
	service_date DATE NOT NULL, 
	base_plan_no INTEGER NOT NULL, 
	base_hash VARCHAR(64) NOT NULL, 
	base_label TEXT NOT NULL, 
	inputs_hash VARCHAR(64) NOT NULL, 
	edits TEXT NOT NULL, 
	n_done INTEGER NOT NULL, 
	version_no INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	created_by TEXT NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	changed_by TEXT NOT NULL, 
	changed_utc VARCHAR(27) NOT NULL, 
	proposal_no INTEGER, 
	CONSTRAINT pk_drafts PRIMARY KEY (draft_no), 
	CONSTRAINT fk_drafts_base_plan_no FOREIGN KEY(base_plan_no) REFERENCES plans (plan_no), 
	CONSTRAINT fk_drafts_proposal_no FOREIGN KEY(proposal_no) REFERENCES proposals (proposal_no)
);
CREATE TABLE driver_notes (
	note_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	service_date DATE NOT NULL, 
	duty_id TEXT NOT NULL, 
	plan_id TEXT NOT NULL, 
	route_id TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	minutes INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	person_id VARCHAR(40) NOT NULL, 
	at_utc VARCHAR(27) NOT NULL, 
	seen_by TEXT NOT NULL, 
	CONSTRAINT pk_driver_notes PRIMARY KEY (note_no), 
	CONSTRAINT fk_driver_notes_person_id FOREIGN KEY(person_id) REFERENCES people (person_id)
);
CREATE TABLE duties (
	plan_no INTEGER NOT NULL, 
	duty_pos INTEGER NOT NULL, 
	duty_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	vehicle_type_id TEXT NOT NULL, 
	base_place_id TEXT, 
	vehicle_id TEXT, 
	crew_ids TEXT NOT NULL, 
	rate_card_id TEXT, 
	CONSTRAINT pk_duties PRIMARY KEY (plan_no, duty_pos), 
	CONSTRAINT fk_duties_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no)
)
 WITHOUT ROWID

;
INSERT INTO "duties" VALUES(1,0,'own-1','own','bus','pl-depot','v1','["c1","c2"]',NULL);
INSERT INTO "duties" VALUES(1,1,'abc-1','abc','van','pl-base',NULL,'[]','abc-2026');
INSERT INTO "duties" VALUES(1,2,'xyz-1','xyz','van',NULL,NULL,'[]','xyz-2026');
CREATE TABLE eligibility_events (
	place TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	person_id VARCHAR(40), 
	created_utc VARCHAR(27) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_eligibility_events PRIMARY KEY (place, case_id, number), 
	CONSTRAINT fk_eligibility_events_person_id FOREIGN KEY(person_id) REFERENCES people (person_id)
)
 WITHOUT ROWID

;
INSERT INTO "eligibility_events" VALUES('handmade','C1',1,'proposed','a.hart','2026-12-14T09:00:00.000000Z','046fa81eb4350698a63d64fb872477f92deafb6135f1d4a472b3544e0539969b','{"place":"handmade","case_id":"C1","number":1,"kind":"proposed","on":"2026-12-01","person_id":"a.hart","created_utc":"2026-12-14T09:00:00Z","code_version":"1","answer":"no","rule":"ELIG-2","note":"","assessment":{"case_id":"C1","place":"town","passenger_id":"P1","site_id":"S1","assessed_on":"2026-12-01","answer":"no","rule":"ELIG-2","reason":"near","walk_mm":4000001,"drive_mm":null,"school_rank":1,"schools":[{"school_id":"1","name":"Elm","walk_mm":4000001,"drive_mm":null,"gate":"","is_attended":false}],"evidence":["Low income: recorded as none."],"against":[],"tested":[{"rule":"ELIG-2","outcome":false,"reason":"near"}],"roads":"town abc","is_trial":false}}');
INSERT INTO "eligibility_events" VALUES('handmade','C1',2,'confirmed','a.hart','2026-12-14T09:00:00.000000Z','910f7da4115d771d145f5904e95c38720b081cbafa29faa4439ec05358086296','{"place":"handmade","case_id":"C1","number":2,"kind":"confirmed","on":"2026-12-01","person_id":"a.hart","created_utc":"2026-12-14T09:00:00Z","code_version":"1","answer":"no","rule":"ELIG-2","note":"","assessment":null}');
CREATE TABLE fences (
	place TEXT NOT NULL, 
	fence_no INTEGER NOT NULL, 
	taken_utc VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_fences PRIMARY KEY (place)
)
 WITHOUT ROWID

;
CREATE TABLE field_changes (
	edit_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	sheet VARCHAR(40) NOT NULL, 
	record_id TEXT NOT NULL, 
	row_no INTEGER NOT NULL, 
	heading VARCHAR(60) NOT NULL, 
	was TEXT NOT NULL, 
	now TEXT NOT NULL, 
	CONSTRAINT pk_field_changes PRIMARY KEY (edit_no, position), 
	CONSTRAINT fk_field_changes_edit_no FOREIGN KEY(edit_no) REFERENCES record_edits (edit_no)
)
 WITHOUT ROWID

;
INSERT INTO "field_changes" VALUES(1,0,'passengers','p1',1,'seats','1','2');
CREATE TABLE import_counts (
	import_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	file_name TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	sheet TEXT NOT NULL, 
	n_read INTEGER NOT NULL, 
	n_accepted INTEGER NOT NULL, 
	n_rejected INTEGER NOT NULL, 
	n_blank INTEGER NOT NULL, 
	n_header INTEGER NOT NULL, 
	CONSTRAINT pk_import_counts PRIMARY KEY (import_no, position), 
	CONSTRAINT ck_import_counts_rows_add_up CHECK (n_read = n_accepted + n_rejected + n_blank + n_header), 
	CONSTRAINT fk_import_counts_import_no FOREIGN KEY(import_no) REFERENCES imports (import_no), 
	CONSTRAINT fk_import_counts_sha256 FOREIGN KEY(sha256) REFERENCES import_files (sha256)
)
 WITHOUT ROWID

;
INSERT INTO "import_counts" VALUES(1,0,'council.xlsx','6f050d3d4f6f26247f4f612af10ae556001651f96ba8a19350b3d1d3343d7aec','passengers',12,9,1,1,1);
CREATE TABLE import_files (
	sha256 VARCHAR(64) NOT NULL, 
	n_bytes BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_import_files PRIMARY KEY (sha256)
);
INSERT INTO "import_files" VALUES('6f050d3d4f6f26247f4f612af10ae556001651f96ba8a19350b3d1d3343d7aec',17,X'504B0304206120776F726B626F6F6B00FF');
CREATE TABLE imports (
	import_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	code_version TEXT NOT NULL, 
	inputs_hash VARCHAR(64), 
	CONSTRAINT pk_imports PRIMARY KEY (import_no), 
	CONSTRAINT fk_imports_inputs_hash FOREIGN KEY(inputs_hash) REFERENCES snapshots (inputs_hash)
);
INSERT INTO "imports" VALUES(1,'handmade','2026-09-10T04:30:00.123456Z','0.1.0','221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171');
CREATE TABLE nights (
	night_no INTEGER NOT NULL, 
	night_key VARCHAR(64) NOT NULL, 
	place TEXT NOT NULL, 
	service_date DATE NOT NULL, 
	inputs_hash VARCHAR(64) NOT NULL, 
	settings TEXT NOT NULL, 
	code_version TEXT NOT NULL, 
	started_utc VARCHAR(27) NOT NULL, 
	ended_utc VARCHAR(27), 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_nights PRIMARY KEY (night_no), 
	CONSTRAINT uq_nights_night_key UNIQUE (night_key)
);
CREATE TABLE passenger_shares (
	run_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	plan_id TEXT NOT NULL, 
	duty_id TEXT NOT NULL, 
	route_id TEXT NOT NULL, 
	session VARCHAR(10) NOT NULL, 
	passenger_id TEXT NOT NULL, 
	amount_pence BIGINT NOT NULL, 
	CONSTRAINT pk_passenger_shares PRIMARY KEY (run_no, position), 
	CONSTRAINT fk_passenger_shares_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "passenger_shares" VALUES(1,0,'handmade-wed','own-1','r1','am','p1',1541);
INSERT INTO "passenger_shares" VALUES(1,1,'handmade-wed','own-1','r1','am','p2',1540);
INSERT INTO "passenger_shares" VALUES(1,2,'handmade-wed','own-1','r1','am','p3',1540);
INSERT INTO "passenger_shares" VALUES(1,3,'handmade-wed','own-1','r2','pm','p3',1541);
INSERT INTO "passenger_shares" VALUES(1,4,'handmade-wed','own-1','r2','pm','p2',1541);
INSERT INTO "passenger_shares" VALUES(1,5,'handmade-wed','own-1','r2','pm','p1',1540);
INSERT INTO "passenger_shares" VALUES(1,6,'handmade-wed','abc-1','r3','am','p4',1394);
INSERT INTO "passenger_shares" VALUES(1,7,'handmade-wed','xyz-1','r4','day_out','p6',854);
INSERT INTO "passenger_shares" VALUES(1,8,'handmade-wed','xyz-1','r4','day_out','p7',854);
CREATE TABLE people (
	person_id VARCHAR(40) NOT NULL, 
	name TEXT NOT NULL, 
	added_utc VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (person_id)
)
 WITHOUT ROWID

;
INSERT INTO "people" VALUES('a.hart','Anna Hart (made up)','2026-09-11T08:00:00.000000Z');
CREATE TABLE person_roles (
	term_no INTEGER NOT NULL, 
	person_id VARCHAR(40) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	from_utc VARCHAR(27) NOT NULL, 
	to_utc VARCHAR(27), 
	CONSTRAINT pk_person_roles PRIMARY KEY (term_no), 
	CONSTRAINT fk_person_roles_person_id FOREIGN KEY(person_id) REFERENCES people (person_id)
);
INSERT INTO "person_roles" VALUES(1,'a.hart','planner','2026-09-11T08:00:00.000000Z',NULL);
INSERT INTO "person_roles" VALUES(2,'a.hart','viewer','2026-09-11T08:00:00.000000Z','2026-09-12T08:00:00.000000Z');
CREATE TABLE plans (
	plan_no INTEGER NOT NULL, 
	plan_id TEXT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	place TEXT NOT NULL, 
	day_type_id TEXT NOT NULL, 
	weekday INTEGER NOT NULL, 
	week VARCHAR(1) NOT NULL, 
	open_calendar_ids TEXT NOT NULL, 
	service_date DATE, 
	state VARCHAR(20) NOT NULL, 
	cost_pence BIGINT, 
	full_cost_pence BIGINT, 
	bound_pence BIGINT, 
	bound_policy TEXT NOT NULL, 
	seed BIGINT NOT NULL, 
	steps BIGINT NOT NULL, 
	search_limit VARCHAR(20) NOT NULL, 
	cpu_s FLOAT NOT NULL, 
	wall_s FLOAT NOT NULL, 
	n_workers INTEGER NOT NULL, 
	inputs_hash VARCHAR(64) NOT NULL, 
	matrix_hash VARCHAR(64) NOT NULL, 
	code_version TEXT NOT NULL, 
	flags TEXT NOT NULL, early_closings TEXT, 
	CONSTRAINT pk_plans PRIMARY KEY (plan_no), 
	CONSTRAINT uq_plans_fingerprint UNIQUE (fingerprint)
);
INSERT INTO "plans" VALUES(1,'handmade-wed','d32121924dc545ed6cc2c7ef28293e23624fc872053982872d5f602fbf44cbea','handmade','wed-a-term',2,'A','["term"]','2026-09-16','optimised',12345,15345,12000,'routes of up to two sites',1,1000,'steps',1.25,0.7,2,'221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171','1111111111111111111111111111111111111111111111111111111111111111','0.1.0','["schematic_network","not_for_eligibility"]',NULL);
CREATE TABLE pointers (
	place TEXT NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	target TEXT NOT NULL, 
	version_no INTEGER NOT NULL, 
	CONSTRAINT pk_pointers PRIMARY KEY (place, name)
)
 WITHOUT ROWID

;
INSERT INTO "pointers" VALUES('handmade','inputs','42873b1ef850d41fba658b3437056bb2e834bd9378c2a94aa270122916a31e92',2);
CREATE TABLE proposals (
	proposal_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	service_date DATE NOT NULL, 
	day_type_id TEXT NOT NULL, 
	plan_no INTEGER NOT NULL, 
	base_hash VARCHAR(64) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_utc VARCHAR(27), 
	proposed_utc VARCHAR(27) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_proposals PRIMARY KEY (proposal_no), 
	CONSTRAINT fk_proposals_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no), 
	CONSTRAINT uq_proposals_place_base_hash_plan_no UNIQUE (place, base_hash, plan_no)
);
CREATE TABLE publications (
	publication_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	service_date DATE NOT NULL, 
	version_no INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	day_type_id TEXT NOT NULL, 
	plan_no INTEGER NOT NULL, 
	standing_no INTEGER NOT NULL, 
	night_key VARCHAR(64) NOT NULL, 
	fence_no INTEGER NOT NULL, 
	published_utc VARCHAR(27) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_publications PRIMARY KEY (publication_no), 
	CONSTRAINT fk_publications_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no), 
	CONSTRAINT fk_publications_standing_no FOREIGN KEY(standing_no) REFERENCES plans (plan_no), 
	CONSTRAINT uq_publications_night_key_state_plan_no UNIQUE (night_key, state, plan_no), 
	CONSTRAINT uq_publications_place_service_date_version_no UNIQUE (place, service_date, version_no)
);
CREATE TABLE quarantine (
	import_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	file_name TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	row_no INTEGER NOT NULL, 
	codes TEXT NOT NULL, 
	cells TEXT NOT NULL, 
	CONSTRAINT pk_quarantine PRIMARY KEY (import_no, position), 
	CONSTRAINT fk_quarantine_import_no FOREIGN KEY(import_no) REFERENCES imports (import_no)
)
 WITHOUT ROWID

;
INSERT INTO "quarantine" VALUES(1,0,'council.xlsx','passengers',7,'["P012","P020"]','[["passenger_id","007"],["name","Zoë"]]');
CREATE TABLE record_edits (
	edit_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	from_hash VARCHAR(64) NOT NULL, 
	to_hash VARCHAR(64) NOT NULL, 
	person_id VARCHAR(40) NOT NULL, 
	edited_utc VARCHAR(27) NOT NULL, 
	code_version TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_record_edits PRIMARY KEY (edit_no), 
	CONSTRAINT fk_record_edits_from_hash FOREIGN KEY(from_hash) REFERENCES snapshots (inputs_hash), 
	CONSTRAINT fk_record_edits_to_hash FOREIGN KEY(to_hash) REFERENCES snapshots (inputs_hash)
);
INSERT INTO "record_edits" VALUES(1,'handmade','221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171','42873b1ef850d41fba658b3437056bb2e834bd9378c2a94aa270122916a31e92','a.hart','2026-09-10T08:00:00.000000Z','0.6','told by school');
CREATE TABLE record_versions (
	record_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	record_id TEXT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	from_no INTEGER NOT NULL, 
	to_no INTEGER, 
	CONSTRAINT pk_record_versions PRIMARY KEY (record_no), 
	CONSTRAINT fk_record_versions_fingerprint FOREIGN KEY(fingerprint) REFERENCES documents (fingerprint), 
	CONSTRAINT fk_record_versions_from_no FOREIGN KEY(from_no) REFERENCES snapshots (snapshot_no), 
	CONSTRAINT fk_record_versions_to_no FOREIGN KEY(to_no) REFERENCES snapshots (snapshot_no), 
	CONSTRAINT uq_record_versions_place_kind_record_id_from_no UNIQUE (place, kind, record_id, from_no)
);
INSERT INTO "record_versions" VALUES(1,'handmade','header','header','3d8abd364364c4093290e0d73284a28462d6547a0017a1aa94336dc6f9d268ba',1,NULL);
INSERT INTO "record_versions" VALUES(2,'handmade','own_costs','own_costs','41c63ceb05061131c6fe998b5a02514bc535f1803748b342a292f1d2d90481c2',1,NULL);
INSERT INTO "record_versions" VALUES(3,'handmade','policy','policy','bf053f114f61da94bbf7e6adcff2fd7095f6d3e2729f6f209306265873b9885a',1,NULL);
INSERT INTO "record_versions" VALUES(4,'handmade','places','pl-depot','c72f0ff4160b8f73f07aac7e5807100e6fbdd6e15ffef1d35248d204ee948833',1,NULL);
INSERT INTO "record_versions" VALUES(5,'handmade','places','pl-base','e715244ce9d8b3653451941a629c499236bcdcccfa4efbab3ad6b4e76a25811c',1,NULL);
INSERT INTO "record_versions" VALUES(6,'handmade','places','pl-school','a672983a7b783fc76f0d8a9b3c469d30848c078c35a5e9ee3a79d650829ad56a',1,NULL);
INSERT INTO "record_versions" VALUES(7,'handmade','places','pl-centre','37e70fe85b41f6af013db1e3c8997a0b5cf3c1af1572998a9e31cccb2f4087c6',1,NULL);
INSERT INTO "record_versions" VALUES(8,'handmade','places','pl-h1','0c84d57121738510b840338aa35dd30c259c5484801e7e6dac768e308c043d6f',1,NULL);
INSERT INTO "record_versions" VALUES(9,'handmade','places','pl-h2','89515b2f711de6d48a2cbeeec45ef7210a1b04e2ed5caf78b84b636b7ac8c59b',1,2);
INSERT INTO "record_versions" VALUES(10,'handmade','places','pl-h3','fcb4a1495dffe8a2601a827705e3506909406158459cd71b3084e9abb7333f02',1,NULL);
INSERT INTO "record_versions" VALUES(11,'handmade','places','pl-h4','b26634aaac259782234e785ad3f972476e42422394db00c121aa56a33970e09d',1,NULL);
INSERT INTO "record_versions" VALUES(12,'handmade','places','pl-h5','d638252abe01f956c08494fc6939ceac98eb3b4736795e19d9bfd9c1d2e4819b',1,NULL);
INSERT INTO "record_versions" VALUES(13,'handmade','places','pl-h6','9610225b73fc81e713b43d9ee042702f5067cd5b3f6f0a2b85c7e46a9c8489e2',1,NULL);
INSERT INTO "record_versions" VALUES(14,'handmade','places','pl-h7','dd363fa7ae01164b9ba206fe2b8fd550ff4da7ce309221b9208fc8ee1660a121',1,NULL);
INSERT INTO "record_versions" VALUES(15,'handmade','places','pl-h8','c37c9d4d8aad18c479014d9d7ff76e65fceb59dca776ea23af1b94a4da8aca86',1,NULL);
INSERT INTO "record_versions" VALUES(16,'handmade','order','places','7f5da44e7ade488ef3ce29e7dbf58be09b3b38868c7eb659f23280d3f71bab9b',1,NULL);
INSERT INTO "record_versions" VALUES(17,'handmade','passengers','p1','f2c94fd84e53b49510ef74817dc8c19385fab3f3b233447d9167678b7bede48a',1,2);
INSERT INTO "record_versions" VALUES(18,'handmade','passengers','p2','60db00204a81a523ecd96a039723c89b993f2530a3ec2895478c962b04f8dff5',1,NULL);
INSERT INTO "record_versions" VALUES(19,'handmade','passengers','p3','71a8b409d7af8b0c47a1742f40989e14417ca627b53cf7de77c9cccf5ea0ac95',1,NULL);
INSERT INTO "record_versions" VALUES(20,'handmade','passengers','p4','8776e3a7baa57d9df17c8b709f50d86956fae8f1103bb924f7723d608466a635',1,NULL);
INSERT INTO "record_versions" VALUES(21,'handmade','passengers','p5','85f96f3cce02b34b66006e32ab8f4abb8830dd881af7be22b4b9ac277f19778a',1,NULL);
INSERT INTO "record_versions" VALUES(22,'handmade','passengers','p6','7117087a3e4a75e6b8f22fc3ff4a33073831f639456002a211d748f31f3cd045',1,NULL);
INSERT INTO "record_versions" VALUES(23,'handmade','passengers','p7','8321614e30f2881364811620d4fb2824d17de29c5a2b40004f3890c154468f34',1,NULL);
INSERT INTO "record_versions" VALUES(24,'handmade','passengers','p8','40092879cdc69e0d0ed011a56c6712f83487fb60b567eab3892a7c38f8a9c25e',1,NULL);
INSERT INTO "record_versions" VALUES(25,'handmade','homes','h1','85384c5d9c479e9b3446ac2592d12938f1589098a04f496c530210d1439d4852',1,NULL);
INSERT INTO "record_versions" VALUES(26,'handmade','homes','h2','547b432ea0165fd49ffd1509c4fb8bfd1b4c5f1a7942b061ce737f5ba8da1a86',1,NULL);
INSERT INTO "record_versions" VALUES(27,'handmade','homes','h3','c8783f69dad5cb95b598786e89e99523e94ea5738ef9508469fdf4032cf5a86d',1,NULL);
INSERT INTO "record_versions" VALUES(28,'handmade','homes','h4','54a720ee18228476bc25ff2ab72e246623e484e282f6b37331362326f5622603',1,NULL);
INSERT INTO "record_versions" VALUES(29,'handmade','homes','h5','76bdc815d5132d7debb0e19f397d072664fca5267b6d915b5aab6bc855bf7424',1,NULL);
INSERT INTO "record_versions" VALUES(30,'handmade','homes','h6','a548a76668248b880277802b0a8986a38346e8a8144a8d3c85534fa94cf3f8b4',1,NULL);
INSERT INTO "record_versions" VALUES(31,'handmade','homes','h7','3c273b725b2a42596aba76312cfe4468c50b2d15115e5db4cd8300aabadc4b27',1,NULL);
INSERT INTO "record_versions" VALUES(32,'handmade','homes','h8','c5dc749cfce85a76b3cca9974c5635beddfd4accd8219a3df5223b71c98fc9e6',1,NULL);
INSERT INTO "record_versions" VALUES(33,'handmade','demands','d1-out','e3e101d45b8683855d3d9b34032795959a312b5a16a457dc078037ebfda6bc5b',1,NULL);
INSERT INTO "record_versions" VALUES(34,'handmade','demands','d1-home','bccf646f43a4ad05f551892fa7610eb89bccc3b9802b0e3149a8f8bc336a46ae',1,NULL);
INSERT INTO "record_versions" VALUES(35,'handmade','demands','d2-out','0c1b2b359f7ac6abdbdf05d21a1aa97c105588634bf3d2ceec6402eb97caff39',1,NULL);
INSERT INTO "record_versions" VALUES(36,'handmade','demands','d2-home','62ba04156bd855bd66243ff124fe1b29c7a8aeb019c45654fe3e5fcdcc85ccd4',1,NULL);
INSERT INTO "record_versions" VALUES(37,'handmade','demands','d3-out','dfb67a56e09ce31a9b9714ac605259d8c8c54bc5832b92df3d17b1fa7c8f2d6d',1,NULL);
INSERT INTO "record_versions" VALUES(38,'handmade','demands','d3-home','6757ba2bd1c13af7b51bee29ea4b87b5898136d235735e513a86e847e59c7eb8',1,NULL);
INSERT INTO "record_versions" VALUES(39,'handmade','demands','d4-out','0f244a81baa5703a8202fc7a7b9067fdf85879085a4556cdc96eddbe66981e41',1,NULL);
INSERT INTO "record_versions" VALUES(40,'handmade','demands','d4-home','a34581350e16cbd7c09c8a4fc1f4b9310b811b02670c5eed3aa571261ec681c5',1,NULL);
INSERT INTO "record_versions" VALUES(41,'handmade','demands','d5-out','442c0560473c36a45ca6750e2b85ab11ee99d9567a71ac6ba32749d49608c938',1,NULL);
INSERT INTO "record_versions" VALUES(42,'handmade','demands','d5-home','69c9c313696d9d8757520ed4d2eda1012503ae6c4099233d658a2f30d639b73d',1,NULL);
INSERT INTO "record_versions" VALUES(43,'handmade','demands','d6-out','715fd4e0d01e2dfca36dff14c38cee92da86a0505e0a71bf35ace4e1138b4e5b',1,NULL);
INSERT INTO "record_versions" VALUES(44,'handmade','demands','d6-home','ccf41c9ff794664e431ee28b81a61fbf1e9bc36857e1c39be94de8765be582d4',1,NULL);
INSERT INTO "record_versions" VALUES(45,'handmade','demands','d7-out','c28e2f9ebb46acf6c61ff8de5f9f9a30b26cb909e30577886f50f7ba50539725',1,NULL);
INSERT INTO "record_versions" VALUES(46,'handmade','demands','d7-home','8ec1989560474619fa65ea75534b1e4811c9c71f1f6cbecbbcc56643b7306139',1,NULL);
INSERT INTO "record_versions" VALUES(47,'handmade','demands','d8-out','afd916c4a3f78186c66ccba55998438d937c56ebbdcb997c2f31caf5e0df70ce',1,NULL);
INSERT INTO "record_versions" VALUES(48,'handmade','demands','d8-home','a8bb833826ecdf3ca4c9fac6269cd500fd976042ebb420f45346a2277f2f90dd',1,NULL);
INSERT INTO "record_versions" VALUES(49,'handmade','order','demands','63b18de24d2807fe96b124c6bcad2a93c2e6d262b1ffee82a6d3bd8fc83ad0d9',1,NULL);
INSERT INTO "record_versions" VALUES(50,'handmade','sites','school','abceb38d98b43cf05ff6239c7895b254f9087d31700b13c3e5da7126c6c3a733',1,NULL);
INSERT INTO "record_versions" VALUES(51,'handmade','sites','centre','8400fe1366eddda55bb05b37fb5dd7ce136c4822abb2e62ed378aedb44c3dff1',1,NULL);
INSERT INTO "record_versions" VALUES(52,'handmade','order','sites','4049dc4cf069992194ddbdecc1f391bf5ef1bf2cbd6855a040447d3561118039',1,NULL);
INSERT INTO "record_versions" VALUES(53,'handmade','calendars','term','8e49d38f63ad5ab6b277d94f3a9212c1bed5a6cb072cbf1ec9c68cc43a9e4fe3',1,NULL);
INSERT INTO "record_versions" VALUES(54,'handmade','depots','depot','118eff9651278acfc57123479864fecb3675534c438a9ebc2e1d10be8629934a',1,NULL);
INSERT INTO "record_versions" VALUES(55,'handmade','vehicle_types','bus','63d9afda9009068d5efe126922fabec017c278816318095bd1debe4e20ecda2a',1,NULL);
INSERT INTO "record_versions" VALUES(56,'handmade','vehicle_types','van','9132ceebd7ade4a12f06f9bba3a48bcd8247fea3452c0fb2898c11b98cce7965',1,NULL);
INSERT INTO "record_versions" VALUES(57,'handmade','vehicles','v1','e3e7ad708e3fba84935c8cce751062adf7623584dc845bcd87e36fd473fa0f70',1,NULL);
INSERT INTO "record_versions" VALUES(58,'handmade','crews','c1','e67f9877d131bca7abd643c839431f9ba707bcd603531b26e72b763087ada8b0',1,NULL);
INSERT INTO "record_versions" VALUES(59,'handmade','crews','c2','3cee63458111658c86c7dac7ef54b4fa1a70452f1e1aae5db73092cf34c6c340',1,NULL);
INSERT INTO "record_versions" VALUES(60,'handmade','suppliers','abc','9ee7eaa9060d459e4ffcb582093ff6bf26d35d8606f4a7440069021bf030c3ce',1,NULL);
INSERT INTO "record_versions" VALUES(61,'handmade','suppliers','xyz','cc5648bbfed1946cd5ce4d4c9cd6684480d3bd1faca5744b2933137bac28b2ff',1,NULL);
INSERT INTO "record_versions" VALUES(62,'handmade','rate_cards','abc-2026','34700ed48e1d92ce10b65a8171f55db667f97a1f4aff63b35b6e192dd7171d61',1,NULL);
INSERT INTO "record_versions" VALUES(63,'handmade','rate_cards','xyz-2026','d8b783e78194af1d4450dff77af8a9545aa88e154fa611b226da0122f0b0db6b',1,NULL);
INSERT INTO "record_versions" VALUES(64,'handmade','assumptions','Taxi rate','768ccd16ad08c9de55c6207e676c3f0cd5afcf83a21b43449345566b23233263',1,NULL);
INSERT INTO "record_versions" VALUES(65,'handmade','places','pl-h2','5ea9a409eb600c626a5c4614b879cdf6c03d1a48e358d055bdfcfd4634b541e1',2,NULL);
INSERT INTO "record_versions" VALUES(66,'handmade','passengers','p1','209032f83ac4352184903a6cde11ec192a538c83173c3c7479794f16267a3b57',2,NULL);
CREATE TABLE results (
	result_no INTEGER NOT NULL, 
	result_id TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	place TEXT NOT NULL, 
	parent_id TEXT NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	code_version TEXT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_results PRIMARY KEY (result_no), 
	CONSTRAINT uq_results_result_id UNIQUE (result_id)
);
INSERT INTO "results" VALUES(1,'handmade-tender-1','tender','handmade','handmade-run','2026-09-10T04:30:00.000000Z','0.1.0','bc3ca1a5d0a5140f24c6f0bdf27f9cbaa33e3c0c69e29516f758f7368dbbe836','{"tender_id":"handmade-tender-1","place":"handmade","title":"Hand-made","run_id":"handmade-run","inputs_hash":"0000000000000000000000000000000000000000000000000000000000000000","created_utc":"2026-09-10T04:30:00Z","code_version":"0.1.0","rule":{"basis":"site","max_vehicles":6,"n_lots":null},"contracts":[{"contract_id":"C001","runs":[{"route_id":"r1-am","session":"am","start_s":27060,"end_s":28860,"loaded_m":8000,"n_stops":3},{"route_id":"r1-pm","session":"pm","start_s":54060,"end_s":55860,"loaded_m":8000,"n_stops":3}],"site_ids":["site-1"],"area":"ZZ1","easting_m":581000,"northing_m":180000,"vehicle_type_id":"car","n_seats":3,"n_wheelchair_spaces":0,"needs_lift":false,"n_assistants":0,"n_trained_assistants":0,"n_passengers":3,"n_days":190,"guide_pence":10000,"incumbent_id":"","barred_ids":[]},{"contract_id":"C002","runs":[{"route_id":"r2-am","session":"am","start_s":27120,"end_s":28920,"loaded_m":8000,"n_stops":3},{"route_id":"r2-pm","session":"pm","start_s":54120,"end_s":55920,"loaded_m":8000,"n_stops":3}],"site_ids":["site-1"],"area":"ZZ1","easting_m":582000,"northing_m":180000,"vehicle_type_id":"car","n_seats":3,"n_wheelchair_spaces":0,"needs_lift":false,"n_assistants":0,"n_trained_assistants":0,"n_passengers":3,"n_days":190,"guide_pence":10000,"incumbent_id":"","barred_ids":[]},{"contract_id":"C003","runs":[{"route_id":"r3-am","session":"am","start_s":27180,"end_s":28980,"loaded_m":8000,"n_stops":3},{"route_id":"r3-pm","session":"pm","start_s":54180,"end_s":55980,"loaded_m":8000,"n_stops":3}],"site_ids":["site-2"],"area":"ZZ1","easting_m":583000,"northing_m":180000,"vehicle_type_id":"car","n_seats":3,"n_wheelchair_spaces":0,"needs_lift":false,"n_assistants":0,"n_trained_assistants":0,"n_passengers":3,"n_days":190,"guide_pence":10000,"incumbent_id":"","barred_ids":[]},{"contract_id":"C004","runs":[{"route_id":"r4-am","session":"am","start_s":27240,"end_s":29040,"loaded_m":8000,"n_stops":3},{"route_id":"r4-pm","session":"pm","start_s":54240,"end_s":56040,"loaded_m":8000,"n_stops":3}],"site_ids":["site-2"],"area":"ZZ1","easting_m":584000,"northing_m":180000,"vehicle_type_id":"car","n_seats":3,"n_wheelchair_spaces":0,"needs_lift":false,"n_assistants":0,"n_trained_assistants":0,"n_passengers":3,"n_days":190,"guide_pence":10000,"incumbent_id":"","barred_ids":[]}],"lots":[{"lot_id":"L01","name":"site-1","contract_ids":["C001","C002"],"n_vehicles":2,"guide_pence":20000},{"lot_id":"L02","name":"site-2","contract_ids":["C003","C004"],"n_vehicles":2,"guide_pence":20000}],"guide_basis":"made up","is_synthetic":true,"flags":[]}');
CREATE TABLE route_alternatives (
	run_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	plan_id TEXT NOT NULL, 
	duty_id TEXT NOT NULL, 
	route_id TEXT NOT NULL, 
	session VARCHAR(10) NOT NULL, 
	provider_id TEXT NOT NULL, 
	vehicle_type_id TEXT NOT NULL, 
	planned_pence BIGINT NOT NULL, 
	planned_full_pence BIGINT NOT NULL, 
	n_rate_cards INTEGER NOT NULL, 
	bought_pence BIGINT, 
	bought_provider_id TEXT NOT NULL, 
	bought_vehicle_type_id TEXT NOT NULL, 
	bought_rate_card_id TEXT NOT NULL, 
	own_avoidable_pence BIGINT, 
	own_full_pence BIGINT, 
	own_vehicle_type_id TEXT NOT NULL, 
	own_depot_id TEXT NOT NULL, 
	CONSTRAINT pk_route_alternatives PRIMARY KEY (run_no, position), 
	CONSTRAINT fk_route_alternatives_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "route_alternatives" VALUES(1,0,'handmade-wed','own-1','r1','am','own','bus',4621,4621,0,NULL,'','','',4000,6000,'bus','depot');
INSERT INTO "route_alternatives" VALUES(1,1,'handmade-wed','own-1','r2','pm','own','bus',4622,4622,2,1400,'abc','van','abc-2026',4000,6000,'bus','depot');
INSERT INTO "route_alternatives" VALUES(1,2,'handmade-wed','abc-1','r3','am','abc','van',1394,1394,2,1400,'abc','van','abc-2026',4000,6000,'bus','depot');
INSERT INTO "route_alternatives" VALUES(1,3,'handmade-wed','xyz-1','r4','day_out','xyz','van',1708,1708,2,1400,'abc','van','abc-2026',4000,6000,'bus','depot');
CREATE TABLE routes (
	plan_no INTEGER NOT NULL, 
	duty_pos INTEGER NOT NULL, 
	route_pos INTEGER NOT NULL, 
	route_id TEXT NOT NULL, 
	session VARCHAR(10) NOT NULL, 
	n_seats INTEGER NOT NULL, 
	n_wheelchair_spaces INTEGER NOT NULL, 
	n_assistants INTEGER NOT NULL, 
	n_trained_assistants INTEGER NOT NULL, 
	assistant_ids TEXT NOT NULL, 
	CONSTRAINT pk_routes PRIMARY KEY (plan_no, duty_pos, route_pos), 
	CONSTRAINT fk_routes_plan_no_duty_pos FOREIGN KEY(plan_no, duty_pos) REFERENCES duties (plan_no, duty_pos)
)
 WITHOUT ROWID

;
INSERT INTO "routes" VALUES(1,0,0,'r1','am',8,2,1,0,'[]');
INSERT INTO "routes" VALUES(1,0,1,'r2','pm',8,2,1,0,'[]');
INSERT INTO "routes" VALUES(1,1,0,'r3','am',4,0,0,0,'[]');
INSERT INTO "routes" VALUES(1,2,0,'r4','day_out',4,0,0,0,'[]');
CREATE TABLE run_plans (
	run_no INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	position INTEGER NOT NULL, 
	plan_no INTEGER NOT NULL, 
	CONSTRAINT pk_run_plans PRIMARY KEY (run_no, role, position), 
	CONSTRAINT fk_run_plans_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no), 
	CONSTRAINT fk_run_plans_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "run_plans" VALUES(1,'shown',0,1);
INSERT INTO "run_plans" VALUES(1,'timetable',0,1);
CREATE TABLE runs (
	run_no INTEGER NOT NULL, 
	run_id TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	place TEXT NOT NULL, 
	title TEXT NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	code_version TEXT NOT NULL, 
	inputs_hash VARCHAR(64) NOT NULL, 
	matrix_hash VARCHAR(64) NOT NULL, 
	seed BIGINT NOT NULL, 
	steps BIGINT NOT NULL, 
	search_limit VARCHAR(20) NOT NULL, 
	timetable_id TEXT, 
	settings TEXT NOT NULL, 
	versions TEXT NOT NULL, 
	walks TEXT NOT NULL, 
	attribution TEXT NOT NULL, 
	is_synthetic BOOLEAN NOT NULL, 
	measures TEXT, 
	baseline_measures TEXT, 
	fingerprint VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (run_no), 
	CONSTRAINT fk_runs_inputs_hash FOREIGN KEY(inputs_hash) REFERENCES snapshots (inputs_hash), 
	CONSTRAINT uq_runs_run_id UNIQUE (run_id)
);
INSERT INTO "runs" VALUES(1,'handmade-20260910T043000Z-b6d30bad','plan','handmade','A small council made by hand','2026-09-10T04:30:00.123456Z','0.1.0','221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171','1111111111111111111111111111111111111111111111111111111111111111',1,1000,'steps','handmade-2026','[["seconds","60"],["seed","1"]]','[["numpy","2.4.6"],["python","3.11.7"]]','[]','["Contains OS data © Crown copyright and database right 2026"]',1,'{"n_passengers":8,"n_carried":6,"n_unserved":2,"n_routes":4,"n_duties":3,"n_own_vehicles":1,"loaded_m":9500,"dead_m":2000,"cost_pence":12345,"full_cost_pence":15345,"year_pence":24700,"year_full_pence":30700,"bound_pence":12000,"providers":[{"provider_id":"abc","name":"ABC Cars","n_passenger_journeys":1,"n_routes":1,"n_duties":1,"loaded_m":1200,"dead_m":0,"cost_pence":1394,"full_cost_pence":1394,"year_pence":2788},{"provider_id":"own","name":"Own company","n_passenger_journeys":6,"n_routes":2,"n_duties":1,"loaded_m":6700,"dead_m":2000,"cost_pence":9243,"full_cost_pence":12243,"year_pence":18486},{"provider_id":"xyz","name":"XYZ/Coaches: Southend?","n_passenger_journeys":2,"n_routes":1,"n_duties":1,"loaded_m":1600,"dead_m":0,"cost_pence":1708,"full_cost_pence":1708,"year_pence":3426}],"rides":[{"phase":"primary","guide_s":2700,"n_journeys":5,"n_over_guide":0,"median_s":840,"worst_s":1800}]}',NULL,'6bb702855e4527cc96d34b3b2efe1d5a897b1cea04db43dd9cb5e422e3d80953');
CREATE TABLE snapshots (
	snapshot_no INTEGER NOT NULL, 
	inputs_hash VARCHAR(64) NOT NULL, 
	place TEXT NOT NULL, 
	title TEXT NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	code_version TEXT NOT NULL, 
	n_records INTEGER NOT NULL, 
	orders TEXT NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (snapshot_no), 
	CONSTRAINT uq_snapshots_inputs_hash UNIQUE (inputs_hash)
);
INSERT INTO "snapshots" VALUES(1,'221a87fa0f34a21459cdfa7a8f17a668fb327d787362c0947c5841bff6f9d171','handmade','A small council made by hand','2026-09-10T04:30:00.123456Z','0.1.0',64,'["demands", "places", "sites"]');
INSERT INTO "snapshots" VALUES(2,'42873b1ef850d41fba658b3437056bb2e834bd9378c2a94aa270122916a31e92','handmade','A small council made by hand','2026-09-10T08:00:00.000000Z','0.6',64,'["demands", "places", "sites"]');
CREATE TABLE stop_passengers (
	plan_no INTEGER NOT NULL, 
	duty_pos INTEGER NOT NULL, 
	route_pos INTEGER NOT NULL, 
	stop_pos INTEGER NOT NULL, 
	is_boarding BOOLEAN NOT NULL, 
	position INTEGER NOT NULL, 
	passenger_id TEXT NOT NULL, 
	CONSTRAINT pk_stop_passengers PRIMARY KEY (plan_no, duty_pos, route_pos, stop_pos, is_boarding, position), 
	CONSTRAINT fk_stop_passengers_plan_no_duty_pos_route_pos_stop_pos FOREIGN KEY(plan_no, duty_pos, route_pos, stop_pos) REFERENCES stops (plan_no, duty_pos, route_pos, stop_pos)
)
 WITHOUT ROWID

;
INSERT INTO "stop_passengers" VALUES(1,0,0,0,1,0,'p1');
INSERT INTO "stop_passengers" VALUES(1,0,0,3,0,0,'p1');
INSERT INTO "stop_passengers" VALUES(1,0,1,0,1,2,'p1');
INSERT INTO "stop_passengers" VALUES(1,0,1,3,0,0,'p1');
INSERT INTO "stop_passengers" VALUES(1,0,0,1,1,0,'p2');
INSERT INTO "stop_passengers" VALUES(1,0,0,3,0,1,'p2');
INSERT INTO "stop_passengers" VALUES(1,0,1,0,1,1,'p2');
INSERT INTO "stop_passengers" VALUES(1,0,1,2,0,0,'p2');
INSERT INTO "stop_passengers" VALUES(1,0,0,2,1,0,'p3');
INSERT INTO "stop_passengers" VALUES(1,0,0,3,0,2,'p3');
INSERT INTO "stop_passengers" VALUES(1,0,1,0,1,0,'p3');
INSERT INTO "stop_passengers" VALUES(1,0,1,1,0,0,'p3');
INSERT INTO "stop_passengers" VALUES(1,1,0,0,1,0,'p4');
INSERT INTO "stop_passengers" VALUES(1,1,0,1,0,0,'p4');
INSERT INTO "stop_passengers" VALUES(1,2,0,0,1,0,'p6');
INSERT INTO "stop_passengers" VALUES(1,2,0,2,0,0,'p6');
INSERT INTO "stop_passengers" VALUES(1,2,0,1,1,0,'p7');
INSERT INTO "stop_passengers" VALUES(1,2,0,2,0,1,'p7');
CREATE TABLE stops (
	plan_no INTEGER NOT NULL, 
	duty_pos INTEGER NOT NULL, 
	route_pos INTEGER NOT NULL, 
	stop_pos INTEGER NOT NULL, 
	place_id TEXT NOT NULL, 
	site_id TEXT, 
	arrive_s INTEGER NOT NULL, 
	leave_s INTEGER NOT NULL, 
	drive_s INTEGER NOT NULL, 
	drive_m INTEGER NOT NULL, 
	CONSTRAINT pk_stops PRIMARY KEY (plan_no, duty_pos, route_pos, stop_pos), 
	CONSTRAINT fk_stops_plan_no_duty_pos_route_pos FOREIGN KEY(plan_no, duty_pos, route_pos) REFERENCES routes (plan_no, duty_pos, route_pos)
)
 WITHOUT ROWID

;
INSERT INTO "stops" VALUES(1,0,0,0,'pl-h1',NULL,28800,28860,0,0);
INSERT INTO "stops" VALUES(1,0,0,1,'pl-h2',NULL,29040,29100,180,900);
INSERT INTO "stops" VALUES(1,0,0,2,'pl-h3',NULL,29280,29340,180,850);
INSERT INTO "stops" VALUES(1,0,0,3,'pl-school','school',30660,30870,1320,1600);
INSERT INTO "stops" VALUES(1,0,1,0,'pl-school','school',53700,54000,0,0);
INSERT INTO "stops" VALUES(1,0,1,1,'pl-h3',NULL,54600,54630,600,1600);
INSERT INTO "stops" VALUES(1,0,1,2,'pl-h2',NULL,54810,54840,180,850);
INSERT INTO "stops" VALUES(1,0,1,3,'pl-h1',NULL,55020,55050,180,900);
INSERT INTO "stops" VALUES(1,1,0,0,'pl-h4',NULL,30300,30360,0,0);
INSERT INTO "stops" VALUES(1,1,0,1,'pl-school','school',30660,30810,300,1200);
INSERT INTO "stops" VALUES(1,2,0,0,'pl-h6',NULL,33900,33960,0,0);
INSERT INTO "stops" VALUES(1,2,0,1,'pl-h7',NULL,34080,34140,120,700);
INSERT INTO "stops" VALUES(1,2,0,2,'pl-centre','centre',34400,34580,260,900);
CREATE TABLE throttles (
	key_hash VARCHAR(64) NOT NULL, 
	n_failures INTEGER NOT NULL, 
	last_utc VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_throttles PRIMARY KEY (key_hash)
)
 WITHOUT ROWID

;
CREATE TABLE timetable_dates (
	run_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	service_date DATE NOT NULL, 
	day_type_id TEXT NOT NULL, 
	CONSTRAINT pk_timetable_dates PRIMARY KEY (run_no, position), 
	CONSTRAINT fk_timetable_dates_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "timetable_dates" VALUES(1,0,'2026-09-16','wed-a-term');
INSERT INTO "timetable_dates" VALUES(1,1,'2026-09-17','wed-a-term');
CREATE TABLE unserved (
	plan_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	passenger_id TEXT NOT NULL, 
	session VARCHAR(10) NOT NULL, 
	reason VARCHAR(40) NOT NULL, 
	evidence TEXT NOT NULL, 
	relaxation TEXT NOT NULL, 
	CONSTRAINT pk_unserved PRIMARY KEY (plan_no, position), 
	CONSTRAINT fk_unserved_plan_no FOREIGN KEY(plan_no) REFERENCES plans (plan_no)
)
 WITHOUT ROWID

;
INSERT INTO "unserved" VALUES(1,0,'p5','am','ride_limit_under_direct','[["direct_s",5100],["max_ride_s",4500]]','A ride limit of 85 minutes would help.');
INSERT INTO "unserved" VALUES(1,1,'p8','am','no_capacity_left','[]','');
CREATE TABLE web_sessions (
	token_hash VARCHAR(64) NOT NULL, 
	person_id VARCHAR(40) NOT NULL, 
	standing VARCHAR(64) NOT NULL, 
	opened_utc VARCHAR(27) NOT NULL, 
	seen_utc VARCHAR(27) NOT NULL, 
	ended_utc VARCHAR(27), 
	CONSTRAINT pk_web_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_web_sessions_person_id FOREIGN KEY(person_id) REFERENCES people (person_id)
)
 WITHOUT ROWID

;
CREATE TABLE webhooks (
	hook_no INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	url TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	created_by VARCHAR(40) NOT NULL, 
	created_utc VARCHAR(27) NOT NULL, 
	ended_utc VARCHAR(27), 
	CONSTRAINT pk_webhooks PRIMARY KEY (hook_no), 
	CONSTRAINT fk_webhooks_created_by FOREIGN KEY(created_by) REFERENCES people (person_id)
);
CREATE TABLE year_parts (
	run_no INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	day_type_id TEXT NOT NULL, 
	plan_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	first_date DATE NOT NULL, 
	last_date DATE NOT NULL, 
	n_dates INTEGER NOT NULL, 
	cost_pence BIGINT NOT NULL, 
	full_cost_pence BIGINT NOT NULL, 
	recoverable_vat_pence BIGINT NOT NULL, 
	CONSTRAINT pk_year_parts PRIMARY KEY (run_no, position), 
	CONSTRAINT fk_year_parts_run_no FOREIGN KEY(run_no) REFERENCES runs (run_no)
)
 WITHOUT ROWID

;
INSERT INTO "year_parts" VALUES(1,0,'wed-a-term','handmade-wed','abc','2026-09-16','2026-09-17',2,1394,1394,0);
INSERT INTO "year_parts" VALUES(1,1,'wed-a-term','handmade-wed','own','2026-09-16','2026-09-17',2,9243,12243,0);
INSERT INTO "year_parts" VALUES(1,2,'wed-a-term','handmade-wed','xyz','2026-09-16','2026-09-16',1,1708,1708,0);
INSERT INTO "year_parts" VALUES(1,3,'wed-a-term','handmade-wed','xyz','2026-09-17','2026-09-17',1,1718,1718,0);
CREATE INDEX ix_plans_plan_id ON plans (plan_id);
CREATE INDEX ix_snapshots_place ON snapshots (place);
CREATE INDEX ix_imports_place ON imports (place);
CREATE INDEX ix_record_versions_place_from_no_to_no ON record_versions (place, from_no, to_no);
CREATE INDEX ix_runs_place ON runs (place);
CREATE INDEX ix_check_reports_plan_id ON check_reports (plan_id);
CREATE INDEX ix_run_plans_plan_no ON run_plans (plan_no);
CREATE INDEX ix_stop_passengers_passenger_id ON stop_passengers (passenger_id);
CREATE INDEX ix_results_place_kind ON results (place, kind);
CREATE INDEX ix_results_parent_id ON results (parent_id);
CREATE INDEX ix_person_roles_person_id ON person_roles (person_id);
CREATE INDEX ix_day_changes_place ON day_changes (place);
CREATE INDEX ix_nights_place_service_date ON nights (place, service_date);
CREATE INDEX ix_audit_entries_kind_record_id ON audit_entries (kind, record_id);
CREATE INDEX ix_driver_notes_place_service_date ON driver_notes (place, service_date);
CREATE INDEX ix_web_sessions_person_id ON web_sessions (person_id);
CREATE TRIGGER audit_entries_update BEFORE update ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is added to, never changed'); END;
CREATE TRIGGER audit_entries_delete BEFORE delete ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is added to, never changed'); END;
CREATE INDEX ix_record_edits_place ON record_edits (place);
CREATE INDEX ix_field_changes_sheet_record_id ON field_changes (sheet, record_id);
CREATE INDEX ix_drafts_place_state ON drafts (place, state);
CREATE INDEX ix_draft_searches_draft_no ON draft_searches (draft_no);
COMMIT;
