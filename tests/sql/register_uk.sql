-- A cycle that names an edition of the organisations of Co-operatives UK: births since 1960, deaths
-- known from 1 February 2011 to 9 June 2017. Every organisation is a co-operative.

CREATE TABLE organisations AS
SELECT
    CAST(strptime("Incorporation Date", '%d/%m/%Y') AS DATE) AS birth,
    CAST(strptime("Dissolved Date", '%d/%m/%Y') AS DATE) AS ended
FROM (
    SELECT DISTINCT
        "CUK Organisation ID", "Incorporation Date", "Dissolved Date", "Registered Status"
    FROM read_csv(
        getvariable('register_path'),
        all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = ''
    )
)
WHERE "Incorporation Date" IS NOT NULL
    AND ("Registered Status" = 'Dead') = ("Dissolved Date" IS NOT NULL);

CREATE TABLE lives AS
SELECT
    'registre' AS base, 'cooperative' AS form, true AS opened, NULL::VARCHAR AS flag,
    age, sum(entries) AS entries, sum(deaths) AS deaths, sum(exits) AS exits
FROM (
    SELECT
        unnest([
            {'age': start_age, 'entries': 1, 'deaths': 0, 'exits': 0},
            {
                'age': stop_age,
                'entries': 0,
                'deaths': CAST(died AS INTEGER),
                'exits': CAST(NOT died AS INTEGER)
            }
        ], recursive := true)
    FROM (
        SELECT
            greatest(0, DATE '2011-02-01' - birth) AS start_age,
            least(coalesce(ended, DATE '2017-06-09'), DATE '2017-06-09') - birth AS stop_age,
            coalesce(ended <= DATE '2017-06-09', false) AS died
        FROM organisations
        WHERE birth BETWEEN DATE '1960-01-01' AND DATE '2017-06-09'
            AND coalesce(ended >= birth, true)
    )
    WHERE start_age = 0 OR stop_age > start_age
)
GROUP BY age;
