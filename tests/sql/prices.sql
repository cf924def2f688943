-- The years that the consumer price index knows, and those that it lacks in between.

CREATE TABLE price_gap AS
SELECT year
FROM range((SELECT min(year) FROM cpi), (SELECT max(year) FROM cpi)) AS years(year)
WHERE year NOT IN (SELECT year FROM cpi);

-- prix.derniere_annee
SELECT 'prix.derniere_annee' AS name, max(year) AS value FROM cpi;

-- prix.manque.{end}
SELECT
    'prix.manque.' || ends.name AS name,
    ends.value
FROM (
    SELECT 'premiere' AS name, min(year) AS value FROM price_gap
    UNION ALL
    SELECT 'derniere', max(year) FROM price_gap
) AS ends
WHERE ends.value IS NOT NULL;
