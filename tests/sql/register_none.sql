-- A cycle that names no register: the co-operatives of the UK life table.
--
-- Each register_*.sql makes `lives`, counts of one population by legal form and age in days:
-- `base` begins the names of its indicators, `opened` tells that deaths are known only from some
-- day on, `flag` is `synthetic` for a generated register.

CREATE TABLE lives AS
SELECT
    'uk' AS base, 'cooperative' AS form, true AS opened, NULL::VARCHAR AS flag,
    age, entries, deaths, exits
FROM life_table_uk
WHERE is_known('2017-06');
