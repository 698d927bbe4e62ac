-- An invented hospital's database: people, contacts, forms, answers. No real client.
create table staff (staff_no integer primary key, login varchar(20) not null);
create table patients (
  id integer primary key, code varchar(20) not null, full_name varchar(80),
  email varchar(80), born date, sex char(1), ward varchar(20)
);
create table contacts (
  id integer primary key, patient_id integer not null references patients (id),
  staff_no integer references staff (staff_no), starts_at timestamp not null,
  state varchar(10) not null
);
create table forms (
  id integer primary key, patient_id integer not null references patients (id),
  instrument varchar(20) not null, filled_at timestamp not null
);
create table answers (
  form_id integer not null references forms (id), question integer not null,
  answer integer, primary key (form_id, question)
);
insert into staff values (1, 'okafor'), (2, 'lindqvist');
insert into patients values
  (1, 'H-1', 'Zq Aname', 'a@example.org', '1980-02-03', 'f', 'Day clinic'),
  (2, 'H-2', 'Zq Bname', 'b@example.org', '1975-11-30', 'm', 'Day clinic'),
  (3, 'H-3', 'Zq Cname', null, null, null, null);
insert into contacts values
  (1, 1, 1, '2026-01-05 10:00:00', 'came'), (2, 1, 1, '2026-01-12 10:00:00', 'came'),
  (3, 2, 2, '2026-01-06 09:00:00', 'missed'), (4, 2, 2, '2026-01-13 09:00:00', 'came');
insert into forms values
  (1, 1, 'phq9', '2026-01-05 09:55:00'), (2, 1, 'phq9', '2026-01-12 09:50:00'),
  (3, 2, 'gad7', '2026-01-13 08:50:00');
insert into answers values
  (1,1,2),(1,2,2),(1,3,1),(1,4,3),(1,5,0),(1,6,2),(1,7,1),(1,8,0),(1,9,1),
  (2,1,1),(2,2,1),(2,3,1),(2,4,2),(2,5,0),(2,6,1),(2,7,1),(2,8,null),(2,9,0),
  (3,1,3),(3,2,2),(3,3,3),(3,4,1),(3,5,0),(3,6,2),(3,7,1);
