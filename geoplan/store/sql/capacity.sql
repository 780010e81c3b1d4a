-- name: held
SELECT planned, district, zone, served, no_capacity, out_of_reach, untold FROM capacity
WHERE service_no = %(no)s ORDER BY planned, district, zone;

-- name: of_service
SELECT planned, district, zone, served, no_capacity, out_of_reach, untold FROM capacity
WHERE service_no = (SELECT s.no FROM service AS s WHERE s.id = %(service)s) ORDER BY planned, district, zone;

-- name: drop
DELETE FROM capacity WHERE service_no = %(no)s;

-- name: put
INSERT INTO capacity (service_no, planned, district, zone, served, no_capacity, out_of_reach, untold)
VALUES (%(no)s, %(planned)s, %(district)s, %(zone)s, %(served)s, %(no_capacity)s, %(out_of_reach)s, %(untold)s);
