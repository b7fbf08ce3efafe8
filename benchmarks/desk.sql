-- The copies of `benchmarks.desk`, on PostgreSQL; bound: cases played so far, cases wanted of each
-- kind, and copies of each employee.

INSERT INTO person (nip, kind, name, rank, position, unit_id, superior_id, is_agency_head)
SELECT '9' || lpad((id * 1000 + n)::text, 17, '0'), kind, name || '-' || n, rank, position, unit_id,
    superior_id, false
FROM person, generate_series(1, :employees) n WHERE position = 'Pelaksana' ORDER BY n, id;

CREATE TEMPORARY TABLE employee AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id FROM person WHERE position = 'Pelaksana';

CREATE TEMPORARY TABLE copied AS
WITH played AS (
    SELECT *, ceil((CASE WHEN ended_at IS NULL THEN :open ELSE :finished END)::float
        / count(*) OVER (PARTITION BY ended_at IS NULL))::int AS wanted FROM instance
)
SELECT :played + row_number() OVER (ORDER BY started_at - n * interval '10 seconds') AS id,
    played.id AS source, subject_id AS was, employee.id AS subject,
    n * interval '10 seconds' AS earlier
FROM played CROSS JOIN LATERAL generate_series(1, wanted) n
JOIN employee ON place = (played.id * 7919 + n * 104729) % (SELECT count(*) FROM employee);

ANALYZE copied;

-- The states would fill the disk, and no list reads them.
INSERT INTO instance (id, definition_id, subject_id, starter_id, token, status, version, state,
    started_at, ended_at, last_seq, last_hash, called, counted, variant_id)
SELECT copied.id, definition_id, subject, starter_id, 'copy-' || copied.id, status, version, '',
    instance.started_at - earlier, ended_at - earlier, last_seq, last_hash, called, ended_at IS NOT NULL,
    variant_id
FROM copied JOIN instance ON instance.id = source ORDER BY copied.id;

INSERT INTO work_item (instance_id, task, element, place, status, visit, person_id, group_id,
    opened_at, taken_up_at, closed_at, closed_by, performed_at, since, waited, worked,
    due_at, wait_due_at, deadline_at, counted)
SELECT copied.id, task, element, place, status, visit,
    CASE person_id WHEN was THEN subject ELSE person_id END, group_id,
    opened_at - earlier, taken_up_at - earlier, closed_at - earlier,
    CASE closed_by WHEN was THEN subject ELSE closed_by END, performed_at - earlier,
    since - earlier, waited, worked, due_at - earlier, wait_due_at - earlier,
    deadline_at - earlier, status = 'completed'
FROM copied JOIN work_item ON instance_id = source ORDER BY copied.id;

SELECT setval(pg_get_serial_sequence('instance', 'id'), (SELECT max(id) FROM instance));

-- Each unit, and each copy of an employee, has done what those did who were played.
INSERT INTO person_tally
SELECT definition_id, element, other.id, month, done, late, worked, waited
FROM person_tally JOIN person one ON one.id = person_id
JOIN person other ON split_part(other.name, '-', 1) = one.name AND other.id <> one.id;

INSERT INTO day_tally
SELECT definition_id, unit.id, day, sum(started), sum(ended) FROM day_tally, unit
GROUP BY definition_id, unit.id, day ON CONFLICT DO NOTHING;

DROP TABLE copied, employee;
