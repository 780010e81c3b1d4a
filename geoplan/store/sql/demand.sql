-- name: demand
SELECT cells, people, aged_0_14, aged_15_59, aged_60_up, districts, codes, version, synthetic FROM demand();
