-- The six figures of the brief, the series that they end, and the share of GDP.

-- A figure of the brief stands in the month of the cut-off.
CREATE TABLE printed AS
SELECT measure, value
FROM portrait
WHERE as_of = strftime(getvariable('cut_off'), '%Y-%m');

CREATE TABLE market_gdp AS
SELECT year, value FROM gdp WHERE measure = 'nominal' AND prices = 'market';

-- portrait.{figure}
SELECT 'portrait.' || figure AS name, printed.value
FROM printed
JOIN (
    VALUES
        ('nombre', 'number'),
        ('membres_et_clients', 'members_and_clients'),
        ('actifs', 'assets'),
        ('part_pib', 'gdp_share'),
        ('revenus', 'revenue'),
        ('emplois', 'jobs')
) AS figures(figure, measure) USING (measure);

-- portrait.pib.{year}
SELECT 'portrait.pib.' || year AS name, value FROM market_gdp;

-- portrait.part_pib_recalculee.{year}
SELECT
    'portrait.part_pib_recalculee.' || year AS name,
    printed.value AS numerator,
    market_gdp.value AS denominator
FROM market_gdp, printed
WHERE printed.measure = 'revenue';

-- portrait.ecart_part_pib: s − 100 × r ÷ g over the common denominator g.
SELECT
    'portrait.ecart_part_pib' AS name,
    CAST(share.value AS DECIMAL(8, 4)) * CAST(market_gdp.value AS DECIMAL(18, 0))
    - 100 * revenue.value AS numerator,
    market_gdp.value AS denominator
FROM printed AS share, printed AS revenue, market_gdp
WHERE
    share.measure = 'gdp_share'
    AND revenue.measure = 'revenue'
    AND market_gdp.year = getvariable('portrait_gdp_year');

-- portrait.points: shares count only when they are of the whole movement.
SELECT 'portrait.points' AS name, count(*) AS value
FROM portrait
WHERE
    (
        measure IN (
            'number', 'members', 'members_and_clients', 'assets', 'revenue', 'jobs', 'gdp_share'
        )
        OR (measure = 'share' AND whole_movement)
    )
    AND (year IS NULL OR year >= getvariable('portrait_first_year'));

-- portrait.membres_avant: the last dated value before the brief.
SELECT 'portrait.membres_avant' AS name, arg_max(value, as_of) AS value
FROM portrait
WHERE
    measure = 'members'
    AND whole_movement
    AND as_of < strftime(getvariable('cut_off'), '%Y-%m')
HAVING (SELECT count(*) FROM printed) > 0;

-- portrait.regions
SELECT 'portrait.regions' AS name, count(*) AS value FROM regions;

-- portrait.annee_pib.{year}
SELECT 'portrait.annee_pib.' || year AS name, year AS value FROM market_gdp;

-- portrait.chiffres: the measures of the brief.
SELECT 'portrait.chiffres' AS name, count(DISTINCT measure) AS value
FROM printed
HAVING count(*) > 0;
