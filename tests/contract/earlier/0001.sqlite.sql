BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assets (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	job_id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	source_url TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	option TEXT NOT NULL, 
	content_type TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	extension TEXT DEFAULT '' NOT NULL, 
	sha256 TEXT DEFAULT '' NOT NULL, 
	width INTEGER DEFAULT 0 NOT NULL, 
	height INTEGER DEFAULT 0 NOT NULL, 
	duration_ms INTEGER DEFAULT 0 NOT NULL, 
	converted INTEGER NOT NULL, 
	archived_at INTEGER, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_assets PRIMARY KEY (number), 
	CONSTRAINT ck_assets_converted CHECK (converted IN (0, 1)), 
	CONSTRAINT uq_assets_id UNIQUE (id), 
	CONSTRAINT fk_assets_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_assets_role CHECK (role IN ('image', 'end_image', 'audio', 'result'))
)
 STRICT

;
INSERT INTO "assets" VALUES(1,'f62ca55ed35f8039','q4wmpn','result','https://storage.example/task-1.mp4','q4wmpn.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000001,1780000000001);
INSERT INTO "assets" VALUES(2,'810adedde9bb9db0','ucjjqr','result','https://storage.example/task-2.mp4','ucjjqr.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000002,1780000000002);
INSERT INTO "assets" VALUES(3,'nc58wxznhwtq','yxj56b','image','https://cdn.example/a.png','a.png','image','image/jpeg',10,'jpg','aa',512,512,0,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(4,'a40ae58e0e70b181','yxj56b','result','https://storage.example/task-3.mp4','yxj56b.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(5,'29d4151d0fa24cd0','q6txt9','result','https://storage.example/task-8.mp4','q6txt9.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500011,1780004500011);
INSERT INTO "assets" VALUES(6,'fbb76f1809ba224d','knqwzf','result','https://storage.example/task-9.mp4','knqwzf.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500012,1780004500012);
INSERT INTO "assets" VALUES(7,'3841e6aeae17014d','767ng2','result','https://storage.example/task-10.mp4','767ng2.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500013,1780004500013);
INSERT INTO "assets" VALUES(8,'8ec0aa4a89220187','vzr9df','result','https://storage.example/task-11.mp4','vzr9df.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004620014,1780004620014);
INSERT INTO "assets" VALUES(9,'nexjrwzn7kvx','tpch98','image','https://cdn.example/a.png','a.png','image','image/png',10,'','',0,0,0,0,NULL,1780004620022);
CREATE TABLE charges (
	job_id TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	reserved_microusd INTEGER NOT NULL, 
	consumed_microusd INTEGER, 
	opened_at INTEGER NOT NULL, 
	settled_at INTEGER, 
	CONSTRAINT pk_charges PRIMARY KEY (job_id), 
	CONSTRAINT fk_charges_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_charges_settled CHECK ((consumed_microusd IS NULL) = (settled_at IS NULL))
)
 STRICT

;
INSERT INTO "charges" VALUES('q4wmpn','process:usd:2026-05',260000,260000,1780000000001,1780000000001);
INSERT INTO "charges" VALUES('ucjjqr','process:usd:2026-05',260000,260000,1780000000002,1780000000002);
INSERT INTO "charges" VALUES('yxj56b','process:usd:2026-05',260000,260000,1780000000003,1780000000003);
INSERT INTO "charges" VALUES('aw7x73','process:usd:2026-05',260000,0,1780000000004,1780000000004);
INSERT INTO "charges" VALUES('bm9qzf','process:usd:2026-05',260000,130000,1780000000005,1780000000005);
INSERT INTO "charges" VALUES('jtanxu','process:usd:2026-05',260000,0,1780000000006,1780000000006);
INSERT INTO "charges" VALUES('we4yj2','process:usd:2026-05',260000,0,1780000000007,1780000000007);
INSERT INTO "charges" VALUES('hmrgmk','process:usd:2026-05',260000,0,1780000000008,1780000000008);
INSERT INTO "charges" VALUES('42kfes','process:usd:2026-05',260000,NULL,1780000000009,NULL);
INSERT INTO "charges" VALUES('bvquwp','process:usd:2026-05',260000,NULL,1780002400010,NULL);
INSERT INTO "charges" VALUES('q6txt9','process:usd:2026-05',260000,260000,1780004500011,1780004500011);
INSERT INTO "charges" VALUES('knqwzf','process:usd:2026-05',260000,260000,1780004500012,1780004500012);
INSERT INTO "charges" VALUES('767ng2','process:usd:2026-05',260000,260000,1780004500013,1780004500013);
INSERT INTO "charges" VALUES('vzr9df','process:usd:2026-05',260000,260000,1780004620014,1780004620014);
INSERT INTO "charges" VALUES('sck77r','process:usd:2026-05',260000,NULL,1780004620015,NULL);
INSERT INTO "charges" VALUES('677pxr','process:usd:2026-05',260000,NULL,1780004620016,NULL);
INSERT INTO "charges" VALUES('zb6hhz','process:usd:2026-05',260000,260000,1780004620017,1780004620017);
INSERT INTO "charges" VALUES('rzugye','process:usd:2026-05',260000,NULL,1780004620018,NULL);
INSERT INTO "charges" VALUES('whtf7j','process:usd:2026-05',260000,NULL,1780004620019,NULL);
INSERT INTO "charges" VALUES('t5prym','process:usd:2026-05',260000,NULL,1780004620020,NULL);
INSERT INTO "charges" VALUES('nzqnh9','process:usd:2026-05',260000,NULL,1780004620021,NULL);
INSERT INTO "charges" VALUES('tpch98','process:usd:2026-05',260000,NULL,1780004620022,NULL);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	used INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name), 
	CONSTRAINT ck_counters_used CHECK (used >= 0)
)
 STRICT

;
INSERT INTO "counters" VALUES('process:usd:2026-05',4550000);
INSERT INTO "counters" VALUES('person:700000000000000003:jobs:2026-05-28',16);
INSERT INTO "counters" VALUES('in_flight',5);
CREATE TABLE deliveries (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	job_id TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	state TEXT NOT NULL, 
	channel_id INTEGER NOT NULL, 
	first_attempt_at INTEGER, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	due_at INTEGER, 
	lease TEXT, 
	lease_until INTEGER, 
	message_channel_id INTEGER, 
	message_id INTEGER, 
	reason TEXT DEFAULT '' NOT NULL, 
	stalled_since INTEGER, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (number), 
	CONSTRAINT uq_deliveries_id UNIQUE (id), 
	CONSTRAINT uq_deliveries_job_id_purpose UNIQUE (job_id, purpose), 
	CONSTRAINT fk_deliveries_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'sending', 'delivered', 'undeliverable')), 
	CONSTRAINT ck_deliveries_message_known CHECK (state <> 'delivered' OR message_id IS NOT NULL), 
	CONSTRAINT ck_deliveries_attempt_known CHECK (state <> 'sending' OR first_attempt_at IS NOT NULL), 
	CONSTRAINT ck_deliveries_message CHECK ((message_channel_id IS NULL) = (message_id IS NULL)), 
	CONSTRAINT ck_deliveries_lease CHECK ((lease IS NULL) = (lease_until IS NULL))
)
 STRICT

;
INSERT INTO "deliveries" VALUES(1,'9rt4qykgs7xh','q4wmpn','result','delivered',700000000000000002,1780000000001,1,NULL,NULL,NULL,700000000000000002,900000000000000001,'',NULL,1780000000001);
INSERT INTO "deliveries" VALUES(2,'kfaxmy6q8h78','ucjjqr','result','delivered',700000000000000002,1780000000002,1,NULL,NULL,NULL,700000000000000002,900000000000000002,'',NULL,1780000000002);
INSERT INTO "deliveries" VALUES(3,'f6u3uqv9v8p8','yxj56b','result','delivered',700000000000000002,1780000000003,1,NULL,NULL,NULL,700000000000000002,900000000000000003,'',NULL,1780000000003);
INSERT INTO "deliveries" VALUES(4,'8s3nfaeevg8s','aw7x73','failure','delivered',700000000000000002,1780000000004,1,NULL,NULL,NULL,700000000000000002,900000000000000004,'',NULL,1780000000004);
INSERT INTO "deliveries" VALUES(5,'eky5xbpqffzx','bm9qzf','failure','delivered',700000000000000002,1780000000005,1,NULL,NULL,NULL,700000000000000002,900000000000000005,'',NULL,1780000000005);
INSERT INTO "deliveries" VALUES(6,'gddqubskfzjd','jtanxu','failure','delivered',700000000000000002,1780000000006,1,NULL,NULL,NULL,700000000000000002,900000000000000006,'',NULL,1780000000006);
INSERT INTO "deliveries" VALUES(7,'c7c6eepqq3y7','hmrgmk','failure','delivered',700000000000000002,1780000000008,1,NULL,NULL,NULL,700000000000000002,900000000000000007,'',NULL,1780000000008);
INSERT INTO "deliveries" VALUES(8,'xjmf5et48qvz','42kfes','abandoned','delivered',700000000000000002,1780001800009,1,NULL,NULL,NULL,700000000000000002,900000000000000008,'',NULL,1780001800009);
INSERT INTO "deliveries" VALUES(9,'5bsbcybr7xn5','q6txt9','result','delivered',700000000000000002,1780004500011,1,NULL,NULL,NULL,700000000000000002,900000000000000009,'',NULL,1780004500011);
INSERT INTO "deliveries" VALUES(10,'ush33thefupk','knqwzf','result','sending',700000000000000002,1780004500012,1,1780004500012,'19a81d10-455',1780005160012,NULL,NULL,'',NULL,1780004500012);
INSERT INTO "deliveries" VALUES(11,'r74xdxjpcqxe','767ng2','result','undeliverable',700000000000000002,1780004500013,1,NULL,NULL,NULL,NULL,NULL,'history_unreadable',NULL,1780004500013);
INSERT INTO "deliveries" VALUES(12,'bg3mhuxtcf4r','vzr9df','result','pending',700000000000000002,1780004620014,1,1780005820014,NULL,NULL,NULL,NULL,'busy',1780004620014,1780004620014);
INSERT INTO "deliveries" VALUES(13,'hc6rbf2a29ea','zb6hhz','result','pending',700000000000000002,NULL,0,1780004620017,NULL,NULL,NULL,NULL,'',NULL,1780004620017);
CREATE TABLE holds (
	job_id TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	CONSTRAINT pk_holds PRIMARY KEY (job_id, counter), 
	CONSTRAINT fk_holds_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "holds" VALUES('q4wmpn','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('ucjjqr','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('yxj56b','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('aw7x73','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('bm9qzf','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('jtanxu','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('we4yj2','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('hmrgmk','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('42kfes','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('bvquwp','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('q6txt9','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('knqwzf','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('767ng2','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('vzr9df','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('sck77r','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('677pxr','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('zb6hhz','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('rzugye','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('whtf7j','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('t5prym','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('nzqnh9','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('tpch98','person:700000000000000003:jobs:2026-05-28',1);
CREATE TABLE job_events (
	number INTEGER NOT NULL, 
	job_id TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	from_state TEXT, 
	to_state TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	CONSTRAINT pk_job_events PRIMARY KEY (number), 
	CONSTRAINT fk_job_events_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_job_events_from_state CHECK (from_state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT ck_job_events_to_state CHECK (to_state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled'))
)
 STRICT

;
INSERT INTO "job_events" VALUES(1,'q4wmpn',1780000000001,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(2,'q4wmpn',1780000000001,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(3,'q4wmpn',1780000000001,'submitting','running','created');
INSERT INTO "job_events" VALUES(4,'q4wmpn',1780000000001,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(5,'ucjjqr',1780000000002,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(6,'ucjjqr',1780000000002,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(7,'ucjjqr',1780000000002,'submitting','running','created');
INSERT INTO "job_events" VALUES(8,'ucjjqr',1780000000002,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(9,'yxj56b',1780000000003,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(10,'yxj56b',1780000000003,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(11,'yxj56b',1780000000003,'submitting','running','created');
INSERT INTO "job_events" VALUES(12,'yxj56b',1780000000003,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(13,'aw7x73',1780000000004,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(14,'aw7x73',1780000000004,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(15,'aw7x73',1780000000004,'submitting','running','created');
INSERT INTO "job_events" VALUES(16,'aw7x73',1780000000004,'running','failed','failed:moderated');
INSERT INTO "job_events" VALUES(17,'bm9qzf',1780000000005,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(18,'bm9qzf',1780000000005,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(19,'bm9qzf',1780000000005,'submitting','running','created');
INSERT INTO "job_events" VALUES(20,'bm9qzf',1780000000005,'running','failed','failed:provider_error');
INSERT INTO "job_events" VALUES(21,'jtanxu',1780000000006,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(22,'jtanxu',1780000000006,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(23,'jtanxu',1780000000006,'submitting','failed','declined:input_rejected');
INSERT INTO "job_events" VALUES(24,'we4yj2',1780000000007,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(25,'we4yj2',1780000000007,'queued','cancelled','cancelled');
INSERT INTO "job_events" VALUES(26,'hmrgmk',1780000000008,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(27,'hmrgmk',1780000000008,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(28,'hmrgmk',1780000000008,'submitting','running','created');
INSERT INTO "job_events" VALUES(29,'hmrgmk',1780000000008,'running','cancelled','failed:other');
INSERT INTO "job_events" VALUES(30,'42kfes',1780000000009,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(31,'42kfes',1780000000009,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(32,'42kfes',1780000000009,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(33,'42kfes',1780001800009,'submit_unknown','abandoned','grace_over');
INSERT INTO "job_events" VALUES(34,'bvquwp',1780002400010,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(35,'bvquwp',1780002400010,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(36,'bvquwp',1780002400010,'submitting','running','created');
INSERT INTO "job_events" VALUES(37,'bvquwp',1780004200010,'running','overdue','deadline');
INSERT INTO "job_events" VALUES(38,'q6txt9',1780004500011,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(39,'q6txt9',1780004500011,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(40,'q6txt9',1780004500011,'submitting','running','created');
INSERT INTO "job_events" VALUES(41,'q6txt9',1780004500011,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(42,'knqwzf',1780004500012,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(43,'knqwzf',1780004500012,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(44,'knqwzf',1780004500012,'submitting','running','created');
INSERT INTO "job_events" VALUES(45,'knqwzf',1780004500012,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(46,'767ng2',1780004500013,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(47,'767ng2',1780004500013,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(48,'767ng2',1780004500013,'submitting','running','created');
INSERT INTO "job_events" VALUES(49,'767ng2',1780004500013,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(50,'vzr9df',1780004620014,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(51,'vzr9df',1780004620014,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(52,'vzr9df',1780004620014,'submitting','running','created');
INSERT INTO "job_events" VALUES(53,'vzr9df',1780004620014,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(54,'sck77r',1780004620015,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(55,'sck77r',1780004620015,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(56,'sck77r',1780004620015,'submitting','running','created');
INSERT INTO "job_events" VALUES(57,'677pxr',1780004620016,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(58,'677pxr',1780004620016,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(59,'677pxr',1780004620016,'submitting','running','created');
INSERT INTO "job_events" VALUES(60,'zb6hhz',1780004620017,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(61,'zb6hhz',1780004620017,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(62,'zb6hhz',1780004620017,'submitting','running','created');
INSERT INTO "job_events" VALUES(63,'zb6hhz',1780004620017,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(64,'rzugye',1780004620018,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(65,'rzugye',1780004620018,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(66,'rzugye',1780004620018,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(67,'whtf7j',1780004620019,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(68,'whtf7j',1780004620019,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(69,'whtf7j',1780004620019,'submitting','queued','not_sent:refused');
INSERT INTO "job_events" VALUES(70,'t5prym',1780004620020,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(71,'t5prym',1780004620020,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(72,'nzqnh9',1780004620021,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(73,'tpch98',1780004620022,NULL,'queued','submit');
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	request_key TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	previous_state TEXT, 
	revision INTEGER NOT NULL, 
	changed_at INTEGER NOT NULL, 
	requester_id INTEGER NOT NULL, 
	guild_id INTEGER, 
	channel_id INTEGER NOT NULL, 
	upload_limit INTEGER NOT NULL, 
	locale TEXT NOT NULL, 
	input TEXT NOT NULL, 
	seconds INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	spoiler INTEGER NOT NULL, 
	source_id TEXT, 
	service_mode TEXT NOT NULL, 
	key_fingerprint TEXT NOT NULL, 
	hook_token TEXT NOT NULL, 
	price_microusd INTEGER, 
	reserved_microusd INTEGER NOT NULL, 
	notes TEXT NOT NULL, 
	inputs_ready INTEGER NOT NULL, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	due_at INTEGER, 
	nudged_at INTEGER, 
	lease TEXT, 
	lease_until INTEGER, 
	sent TEXT DEFAULT '' NOT NULL, 
	post_started_at INTEGER, 
	post_ended_at INTEGER, 
	candidate_task_id TEXT, 
	task_id TEXT, 
	running_since INTEGER, 
	deadline_at INTEGER, 
	stalled_since INTEGER, 
	queue_expires_at INTEGER NOT NULL, 
	output_url TEXT, 
	consumed_microusd INTEGER, 
	took_ms INTEGER, 
	quota_held INTEGER NOT NULL, 
	failure_reason TEXT, 
	failure_detail TEXT DEFAULT '' NOT NULL, 
	cancel_requested_at INTEGER, 
	cancelled_by INTEGER, 
	cancel_sent_at INTEGER, 
	card_channel_id INTEGER, 
	card_message_id INTEGER, 
	card_shown INTEGER DEFAULT 0 NOT NULL, 
	card_rests_until INTEGER DEFAULT 0 NOT NULL, 
	result_asset_id TEXT, 
	created_at INTEGER NOT NULL, 
	finished_at INTEGER, 
	CONSTRAINT pk_jobs PRIMARY KEY (number), 
	CONSTRAINT ck_jobs_spoiler CHECK (spoiler IN (0, 1)), 
	CONSTRAINT ck_jobs_inputs_ready CHECK (inputs_ready IN (0, 1)), 
	CONSTRAINT ck_jobs_quota_held CHECK (quota_held IN (0, 1)), 
	CONSTRAINT uq_jobs_id UNIQUE (id), 
	CONSTRAINT uq_jobs_request_key UNIQUE (request_key), 
	CONSTRAINT uq_jobs_task_id UNIQUE (task_id), 
	CONSTRAINT uq_jobs_hook_token UNIQUE (hook_token), 
	CONSTRAINT fk_jobs_source_id FOREIGN KEY(source_id) REFERENCES jobs (id), 
	CONSTRAINT ck_jobs_kind CHECK (kind IN ('video', 'extend', 'lipsync')), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT ck_jobs_task_known CHECK (state NOT IN ('running', 'overdue', 'succeeded') OR task_id IS NOT NULL), 
	CONSTRAINT ck_jobs_finished CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)), 
	CONSTRAINT ck_jobs_lease CHECK ((lease IS NULL) = (lease_until IS NULL)), 
	CONSTRAINT ck_jobs_card CHECK ((card_channel_id IS NULL) = (card_message_id IS NULL)), 
	CONSTRAINT ck_jobs_money CHECK (reserved_microusd >= 0 AND consumed_microusd >= 0)
)
 STRICT

;
INSERT INTO "jobs" VALUES(1,'q4wmpn','i:1','video','succeeded','running',5,1780000000001,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "a lighthouse in the storm", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','XUMb2Yad2KTx-TAJMfzUDw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''a lighthouse in the storm'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000001,1780000000001,NULL,'task-1',1780000000001,1780001800001,NULL,1780086400001,'https://storage.example/task-1.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000001,5,0,'f62ca55ed35f8039',1780000000001,1780000000001);
INSERT INTO "jobs" VALUES(2,'ucjjqr','i:2','video','succeeded','running',5,1780000000002,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "the same, ''quoted'' and with ümläuts ✨", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','ZaK0CYuuw678a3o8fL0bsA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt="the same, ''quoted'' and with ümläuts ✨", seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000002,1780000000002,NULL,'task-2',1780000000002,1780001800002,NULL,1780086400002,'https://storage.example/task-2.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000002,5,0,'810adedde9bb9db0',1780000000002,1780000000002);
INSERT INTO "jobs" VALUES(3,'yxj56b','i:3','video','succeeded','running',6,1780000000003,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "with a picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','R0brhK2ua8Z92slXnPMwmA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''with a picture'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=None, camera_axis='''', camera_value=0, sound=None)|None',1780000000003,1780000000003,NULL,'task-3',1780000000003,1780001800003,NULL,1780086400003,'https://storage.example/task-3.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000003,6,0,'a40ae58e0e70b181',1780000000003,1780000000003);
INSERT INTO "jobs" VALUES(4,'aw7x73','i:4','video','failed','running',5,1780000000004,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "turned away by the provider", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','fmLCq3qeVMLig1Y_EhFItA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''turned away by the provider'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000004,1780000000004,NULL,'task-4',1780000000004,1780001800004,NULL,1780086400004,NULL,0,NULL,0,'moderated','',NULL,NULL,NULL,700000000000000002,800000000000000004,5,0,NULL,1780000000004,1780000000004);
INSERT INTO "jobs" VALUES(5,'bm9qzf','i:5','video','failed','running',5,1780000000005,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "failed, and charged for all the same", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','WIjTmk1MBIXUJym49LiTfA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''failed, and charged for all the same'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000005,1780000000005,NULL,'task-5',1780000000005,1780001800005,NULL,1780086400005,NULL,130000,NULL,0,'provider_error','',NULL,NULL,NULL,700000000000000002,800000000000000005,5,0,NULL,1780000000005,1780000000005);
INSERT INTO "jobs" VALUES(6,'jtanxu','i:6','video','failed','submitting',4,1780000000006,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "refused at the door", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','TC84lL3PyJuYAeFERhTbbA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''refused at the door'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000006,NULL,NULL,NULL,NULL,NULL,NULL,1780086400006,NULL,0,NULL,0,'input_rejected','',NULL,NULL,NULL,700000000000000002,800000000000000006,4,0,NULL,1780000000006,1780000000006);
INSERT INTO "jobs" VALUES(7,'we4yj2','i:7','video','cancelled','queued',2,1780000000007,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','IJ6Wz3GWltIBk5LZaqt3_g',260000,260000,'',1,0,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780086400007,NULL,0,NULL,0,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000007,2,0,NULL,1780000000007,1780000000007);
INSERT INTO "jobs" VALUES(8,'hmrgmk','i:8','video','cancelled','running',6,1780000000008,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled by a moderator on its way", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','NKzObGbIceOmTdV-x8pQqA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''cancelled by a moderator on its way'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000008,1780000000008,NULL,'task-6',1780000000008,1780001800008,NULL,1780086400008,NULL,0,NULL,0,'cancelled_by_moderator','',1780000000008,700000000000000004,1780000000008,700000000000000002,800000000000000008,6,0,NULL,1780000000008,1780000000008);
INSERT INTO "jobs" VALUES(9,'42kfes','i:9','video','abandoned','submit_unknown',5,1780001800009,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "given up on", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','NdVy6xI7TaxskKsNQOaB_g',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''given up on'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000009,1780000000009,NULL,NULL,NULL,NULL,NULL,1780086400009,NULL,NULL,NULL,0,'unknown_outcome','',NULL,NULL,NULL,700000000000000002,800000000000000009,5,0,NULL,1780000000009,NULL);
INSERT INTO "jobs" VALUES(10,'bvquwp','i:10','video','overdue','running',4,1780004200010,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "overdue", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','ieZYB_evkPYOLNOgXWxw0w',260000,260000,'',1,1,1780004731013,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''overdue'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780002400010,1780002400010,NULL,'task-7',1780002400010,1780004200010,NULL,1780088800010,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000010,4,0,NULL,1780002400010,NULL);
INSERT INTO "jobs" VALUES(11,'q6txt9','i:11','video','succeeded','running',5,1780004500011,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "liked, reported and posted once more", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','GWiFy4riruzxVLEui3XJiQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''liked, reported and posted once more'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500011,1780004500011,NULL,'task-8',1780004500011,1780006300011,NULL,1780090900011,'https://storage.example/task-8.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000011,5,0,'29d4151d0fa24cd0',1780004500011,1780004500011);
INSERT INTO "jobs" VALUES(12,'knqwzf','i:12','video','succeeded','running',4,1780004500012,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "posted, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','mFV4tqdYSSnV-2F1qz1KJQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''posted, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500012,1780004500012,NULL,'task-9',1780004500012,1780006300012,NULL,1780090900012,'https://storage.example/task-9.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000012,4,0,'fbb76f1809ba224d',1780004500012,1780004500012);
INSERT INTO "jobs" VALUES(13,'767ng2','i:13','video','succeeded','running',5,1780004530013,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "perhaps posted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','olAEmFx7u_riY59nCXJWmg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''perhaps posted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500013,1780004500013,NULL,'task-10',1780004500013,1780006300013,NULL,1780090900013,'https://storage.example/task-10.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000013,5,0,'3841e6aeae17014d',1780004500013,1780004500013);
INSERT INTO "jobs" VALUES(14,'vzr9df','i:14','video','succeeded','running',4,1780004620014,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "to be posted later", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','ZAYjx4AfsSZ-7l7H7Y-F6g',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''to be posted later'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620014,1780004620014,NULL,'task-11',1780004620014,1780006420014,NULL,1780091020014,'https://storage.example/task-11.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000014,4,0,'8ec0aa4a89220187',1780004620014,1780004620014);
INSERT INTO "jobs" VALUES(15,'sck77r','i:15','video','running','submitting',3,1780004620015,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','w5vbB5XZhIufTZSzhaRgnQ',260000,260000,'',1,1,1780004640015,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620015,1780004620015,NULL,'task-12',1780004620015,1780006420015,NULL,1780091020015,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000015,3,0,NULL,1780004620015,NULL);
INSERT INTO "jobs" VALUES(16,'677pxr','i:16','video','running','submitting',4,1780004620016,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made, and no longer wanted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','eGfDBGpqihebDmy75T_nDA',260000,260000,'',1,1,1780004622017,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made, and no longer wanted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620016,1780004620016,NULL,'task-13',1780004620016,1780006420016,NULL,1780091020016,NULL,NULL,NULL,1,NULL,'',1780004620016,700000000000000003,1780004620017,700000000000000002,800000000000000016,4,0,NULL,1780004620016,NULL);
INSERT INTO "jobs" VALUES(17,'zb6hhz','i:17','video','succeeded','running',4,1780004620017,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "made, and not in the archive", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','nuxf5nilE4lM5JM-X5pFxA',260000,260000,'',1,1,1780004620017,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''made, and not in the archive'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620017,1780004620017,NULL,'task-14',1780004620017,1780006420017,NULL,1780091020017,'https://storage.example/task-14.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000017,3,0,NULL,1780004620017,1780004620017);
INSERT INTO "jobs" VALUES(18,'rzugye','i:18','video','submit_unknown','submitting',3,1780004620018,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and its answer lost", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','DzhEg0GqTsVPkLpiMlMX5g',260000,260000,'',1,1,1780004630018,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''bought, and its answer lost'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620018,1780004620018,NULL,NULL,NULL,NULL,NULL,1780091020018,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000018,1,0,NULL,1780004620018,NULL);
INSERT INTO "jobs" VALUES(19,'whtf7j','i:19','video','queued','submitting',3,1780004620019,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "tried once, to be tried again", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','LHI71cNa46ZqkNfRabHBMA',260000,260000,'',1,1,1780004624180,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''tried once, to be tried again'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620019,1780004620019,NULL,NULL,NULL,NULL,NULL,1780091020019,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000019,1,0,NULL,1780004620019,NULL);
INSERT INTO "jobs" VALUES(20,'t5prym','i:20','video','submitting','queued',2,1780004620020,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','hYwOkySvcrCxfoItSphQ9A',260000,260000,'',1,1,NULL,NULL,'21de1a87-109',1780004860020,'video|1.6|VideoInput(prompt=''bought, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620020,NULL,NULL,NULL,NULL,NULL,NULL,1780091020020,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000020,1,0,NULL,1780004620020,NULL);
INSERT INTO "jobs" VALUES(21,'nzqnh9','i:21','video','queued',NULL,1,1780004620021,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','_WpQAYyctNYKxoQVq-i5cw',260000,260000,'',1,0,1780004620021,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020021,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000021,1,0,NULL,1780004620021,NULL);
INSERT INTO "jobs" VALUES(22,'tpch98','i:22','video','queued',NULL,1,1780004620022,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting for its picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','nEFEuXsmrcN-5k5DgLVahg',260000,260000,'',0,0,1780004620022,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020022,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000022,1,0,NULL,1780004620022,NULL);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "meta" VALUES('a secret of this database','kept');
CREATE INDEX ix_jobs_due ON jobs (state, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_jobs_state ON jobs (state, created_at, number);
CREATE INDEX ix_jobs_requester ON jobs (requester_id, created_at);
CREATE INDEX ix_jobs_channel ON jobs (channel_id, finished_at);
CREATE INDEX ix_jobs_durations ON jobs (kind, model, mode, seconds, finished_at) WHERE took_ms IS NOT NULL;
CREATE INDEX ix_jobs_card ON jobs (card_message_id) WHERE card_message_id IS NOT NULL;
CREATE INDEX ix_jobs_stale_card ON jobs (changed_at) WHERE card_shown < revision AND card_message_id IS NOT NULL;
CREATE INDEX ix_job_events_job ON job_events (job_id, number);
CREATE INDEX ix_deliveries_state ON deliveries (state, due_at);
CREATE INDEX ix_deliveries_message ON deliveries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ix_assets_job ON assets (job_id);
COMMIT;
