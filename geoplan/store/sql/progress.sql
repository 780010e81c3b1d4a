-- name: sums
-- A row counts as done by its date, not by its status alone: the plan counts a period. Days are days
-- in China, wherever the server's clock stands.
SELECT t.layer, t.target, f.unit, f.status,
       coalesce(sum(f.amounts[t.position]) FILTER (
           WHERE f.status IN ('finished', 'open')
             AND (t.starts_on IS NULL OR f.finished_on >= t.starts_on)
             AND f.finished_on <= least(t.ends_on, coalesce(%(as_of)s::date, s.as_of, (now() AT TIME ZONE 'Asia/Shanghai')::date))
       ), 0)::bigint AS done,
       sum(f.amounts[t.position])::bigint AS amount,
       bool_or(f.synthetic) AS synthetic,
       max(coalesce(%(as_of)s::date, s.as_of, (now() AT TIME ZONE 'Asia/Shanghai')::date)) AS as_of
FROM unnest(%(layer)s::text[], %(target)s::text[], %(position)s::integer[], %(starts_on)s::date[], %(ends_on)s::date[],
            %(field)s::text[], %(value)s::text[])
     AS t (layer, target, position, starts_on, ends_on, field, value)
JOIN feature AS f ON f.layer_id = t.layer AND (t.field IS NULL OR f.properties ->> t.field = t.value)
JOIN source AS s ON s.id = f.source_id
GROUP BY t.layer, t.target, f.unit, f.status;
