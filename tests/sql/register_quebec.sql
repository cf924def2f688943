-- A cycle that names a folder in the layout of the Québec enterprise register.

CREATE MACRO register_file(file) AS TABLE
SELECT *
FROM read_csv(
    getvariable('register_path') || '/' || file || '.csv',
    all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = ''
);

CREATE TABLE merger_days AS
SELECT unnest([NEQ, NEQ_ASSUJ_REL]) AS neq, CAST(DAT_EFCTVT AS DATE) AS day
FROM register_file('FusionScissions');

-- Born on the constitution; a firm other than a co-operative that has none, on the registration,
-- from 1995 on. A merger from 31 days after the end to 366 days before it is how the firm ended.
CREATE TABLE firms AS
SELECT
    NEQ AS neq,
    CASE COD_FORME_JURI WHEN 'COP' THEN 'cooperative' ELSE 'other' END AS form,
    coalesce(
        CAST(DAT_CONSTI AS DATE),
        CASE
            WHEN COD_FORME_JURI <> 'COP' AND CAST(DAT_IMMAT AS DATE) >= DATE '1995-01-01'
                THEN CAST(DAT_IMMAT AS DATE)
        END
    ) AS birth,
    CASE WHEN COD_STAT_IMMAT IN ('RD', 'RO', 'RX') THEN CAST(DAT_STAT_IMMAT AS DATE) END AS ended,
    CAST(DAT_IMMAT AS DATE) AS registered,
    EXISTS (
        SELECT 1 FROM merger_days
        WHERE merger_days.neq = firms.NEQ
            AND COD_STAT_IMMAT <> 'IM'
            AND CAST(DAT_STAT_IMMAT AS DATE) - day BETWEEN -31 AND 366
    ) AS merged
FROM (
    SELECT DISTINCT
        NEQ, COD_FORME_JURI, COD_STAT_IMMAT, DAT_CONSTI, DAT_IMMAT, DAT_STAT_IMMAT
    FROM register_file('Entreprise')
) AS firms
WHERE COD_STAT_IMMAT IN ('IM', 'RD', 'RO', 'RX');

-- Observed from the later of the study's first cohort and the registration, to the cut-off.
CREATE TABLE observed AS
SELECT
    form,
    greatest(0, DATE_DIFF('day', birth, greatest(registered, opening))) AS start_age,
    DATE_DIFF('day', birth, least(coalesce(ended, cut_off), cut_off)) AS stop_age,
    coalesce(ended <= cut_off, false) AND NOT merged AS died
FROM firms,
    (
        SELECT
            make_date(CAST(min(cohort_first) AS BIGINT), 1, 1) AS opening,
            CAST(getvariable('cut_off') AS DATE) AS cut_off
        FROM survival_published
        WHERE role = 'coop' AND study = getvariable('survie_study')
    )
WHERE birth BETWEEN opening AND cut_off AND coalesce(ended >= birth, true);

CREATE TABLE lives AS
SELECT
    'registre' AS base,
    form,
    false AS opened,
    (
        SELECT CASE WHEN count(*) > 0 THEN 'synthetic' END
        FROM register_file('DomaineValeur')
        WHERE TYP_DOM_VAL = 'DONNEES_SYNTHETIQUES'
    ) AS flag,
    age,
    sum(entries) AS entries,
    sum(deaths) AS deaths,
    sum(exits) AS exits
FROM (
    SELECT form, start_age AS age, 1 AS entries, 0 AS deaths, 0 AS exits, start_age, stop_age
    FROM observed
    UNION ALL
    SELECT form, stop_age, 0, CAST(died AS INTEGER), CAST(NOT died AS INTEGER), start_age, stop_age
    FROM observed
)
WHERE start_age = 0 OR stop_age > start_age
GROUP BY form, age;
