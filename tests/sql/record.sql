-- The movement's record: the plans, the roadmap, every ask, and what became of it.

CREATE TABLE documents AS
SELECT
    document,
    published_first,
    published_last,
    CAST(horizon_years AS INTEGER) AS horizon_years
FROM raw('documents');

-- An ask that is a recommendation has its dollars; R0, the total of the others, is not counted.
CREATE TABLE record AS
SELECT
    asks.ask_id,
    lower(asks.ask_id) AS ask,
    asks.document,
    asks.measure_id,
    asks.objective_id,
    asks.continues,
    asks.link,
    asks.recommendation_cycle,
    coalesce(CAST(r.amount AS BIGINT), CAST(asks.amount AS BIGINT)) AS amount,
    CAST(r.annual_amount AS BIGINT) AS annual_amount,
    CASE
        WHEN r.last_fiscal_year IS NOT NULL
            THEN CAST(r.annual_amount AS BIGINT)
            * (starts(r.last_fiscal_year) - starts(r.first_fiscal_year) + 1)
        WHEN r.ask_id IS NULL AND asks.amount_basis = 'total' THEN CAST(asks.amount AS BIGINT)
    END AS asked,
    EXISTS (
        SELECT 1
        FROM raw('recommendations') AS part
        WHERE part.cycle = asks.recommendation_cycle AND part.parent_id = asks.recommendation
    ) AS is_total
FROM raw('asks') AS asks
LEFT JOIN raw('recommendations') AS r
    ON r.cycle = asks.recommendation_cycle AND r.ask_id = asks.recommendation;

-- The first day of a date written 2013, 2013-04 or 2013-04-17; last_day_of is in tables.sql.
CREATE MACRO first_day(written) AS CAST(left(written || '-01-01', 10) AS DATE);

-- Two rows of one grant are two sources of one decision. The record looks back: what came after
-- the cut-off is counted too, and said (demandes.apres_coupure).
CREATE TABLE evidence AS
SELECT
    o.outcome_id,
    o.ask_id,
    o.objective_id,
    o.status,
    coalesce(grants.grant_id, o.outcome_id) AS decision,
    coalesce(strftime(grants.announced, '%Y-%m-%d'), o.decided) AS decided,
    coalesce(grants.amount, CAST(o.amount AS BIGINT)) AS amount
FROM raw('outcomes') AS o
LEFT JOIN all_grants AS grants ON grants.grant_row = o.grant_row;

CREATE MACRO status_of(granted, refused, conflicting, number) AS
    CASE
        WHEN number = 0 THEN 'inconnues'
        WHEN conflicting > 0 THEN 'en_desaccord'
        WHEN granted = number THEN 'accordees'
        WHEN refused = number THEN 'refusees'
        ELSE 'partielles'
    END;

CREATE TABLE counted AS
SELECT
    record.ask_id,
    status_of(
        count(*) FILTER (evidence.status = 'granted'),
        count(*) FILTER (evidence.status = 'refused'),
        count(*) FILTER (evidence.status = 'conflicting'),
        count(evidence.status)
    ) AS status
FROM record
LEFT JOIN evidence USING (ask_id)
WHERE NOT record.is_total
GROUP BY record.ask_id;

-- demandes.nombre, demandes.nombre.{document}, demandes.chiffrees
SELECT 'demandes.nombre' AS name, count(*) AS value FROM counted;

SELECT 'demandes.nombre.' || document AS name, count(*) AS value
FROM record
WHERE NOT is_total
GROUP BY document;

SELECT 'demandes.chiffrees' AS name, count(amount) AS value FROM record WHERE NOT is_total;

-- demandes.issue.{name}
SELECT 'demandes.issue.' || known.status AS name, count(counted.ask_id) AS value
FROM (
    VALUES ('accordees'), ('partielles'), ('en_desaccord'), ('refusees'), ('inconnues')
) AS known(status)
LEFT JOIN counted USING (status)
GROUP BY known.status;

-- demandes.reprises, demandes.reprises_identiques
SELECT 'demandes.reprises' AS name, count(continues) AS value FROM record WHERE NOT is_total;

SELECT 'demandes.reprises_identiques' AS name, count(*) AS value
FROM record
WHERE NOT is_total AND link = 'same';

-- demandes.nombre_suites: the asks that continue none and that another continues.
SELECT 'demandes.nombre_suites' AS name, count(*) AS value
FROM record
WHERE continues IS NULL AND ask_id IN (SELECT continues FROM record);

-- The interval of each decision, then the delay from the interval of the document.
CREATE TABLE answered AS
SELECT
    record.ask,
    count(documents.published_first) > 0 AND count(decisions.soonest) > 0 AS known,
    greatest(
        0, min(decisions.soonest) - max(last_day_of(documents.published_last))
    ) AS least,
    min(decisions.latest) - min(first_day(documents.published_first)) AS most
FROM record
JOIN (
    SELECT
        ask_id,
        decision,
        min(first_day(decided)) AS soonest,
        max(last_day_of(decided)) AS latest
    FROM evidence
    WHERE ask_id IS NOT NULL
    GROUP BY ask_id, decision
) AS decisions USING (ask_id)
JOIN documents USING (document)
GROUP BY record.ask;

-- demandes.delai_min.{ask}, demandes.delai_max.{ask}, demandes.delais_connus
SELECT
    'demandes.delai_min.' || ask AS name,
    CASE WHEN known THEN CAST(least AS INTEGER) END AS value,
    CASE WHEN NOT known THEN '..' END AS symbol
FROM answered;

SELECT
    'demandes.delai_max.' || ask AS name,
    CASE WHEN known THEN CAST(most AS INTEGER) END AS value,
    CASE WHEN NOT known THEN '..' END AS symbol
FROM answered;

SELECT 'demandes.delais_connus' AS name, count(*) AS value FROM answered WHERE known;

-- demandes.demande.{ask}, demandes.accorde_min.{ask}, demandes.accorde_max.{ask}
CREATE TABLE paid AS
SELECT
    record.ask,
    any_value(record.asked) AS asked,
    CAST(sum(decisions.least) AS BIGINT) AS least,
    CAST(sum(decisions.most) AS BIGINT) AS most
FROM record
JOIN (
    SELECT ask_id, decision, min(amount) AS least, max(amount) AS most
    FROM evidence
    WHERE ask_id IS NOT NULL AND amount IS NOT NULL
    GROUP BY ask_id, decision
) AS decisions USING (ask_id)
GROUP BY record.ask;

SELECT
    'demandes.demande.' || ask AS name,
    asked AS value,
    CASE WHEN asked IS NULL THEN '.' END AS symbol
FROM paid;

SELECT 'demandes.accorde_min.' || ask AS name, least AS value FROM paid;

SELECT 'demandes.accorde_max.' || ask AS name, most AS value FROM paid;

-- demandes.aides_liees, demandes.aides_sans_demande, demandes.accorde_lie, demandes.part_liee
CREATE TABLE linked AS
SELECT
    amount,
    grant_id IN (SELECT decision FROM evidence WHERE ask_id IS NOT NULL) AS is_linked
FROM all_grants
WHERE preferred;

SELECT 'demandes.aides_liees' AS name, count(*) AS value FROM linked WHERE is_linked;

SELECT 'demandes.aides_sans_demande' AS name, count(*) AS value FROM linked WHERE NOT is_linked;

SELECT 'demandes.accorde_lie' AS name, coalesce(sum(amount), 0) AS value
FROM linked
WHERE is_linked;

SELECT
    'demandes.part_liee' AS name,
    coalesce(sum(amount) FILTER (is_linked), 0) AS numerator,
    sum(amount) AS denominator
FROM linked;

-- demandes.apres_coupure
SELECT 'demandes.apres_coupure' AS name, count(DISTINCT decision) AS value
FROM evidence
WHERE first_day(decided) > getvariable('cut_off');

-- plans.parties, plans.horizon, plans.elements, plans.annonces
SELECT 'plans.parties' AS name, count(*) AS value
FROM raw('plan_parts')
WHERE document = 'action-plan-2008';

SELECT 'plans.horizon' AS name, horizon_years AS value
FROM documents
WHERE document = 'action-plan-2008';

SELECT 'plans.elements' AS name, count(*) AS value
FROM raw('plan_measures')
WHERE document = 'action-plan-2008';

SELECT 'plans.annonces' AS name, count(*) AS value
FROM raw('plan_measures')
WHERE document = 'action-plan-2008' AND detail = 'announced';

-- plans.publics, plans.publics_ajoutes, plans.nombre.{name}
SELECT 'plans.publics' AS name, count(*) AS value FROM raw('audiences') WHERE headed = 'true';

SELECT 'plans.publics_ajoutes' AS name, count(*) AS value
FROM raw('audiences')
WHERE headed = 'false';

SELECT 'plans.nombre.' || roles.name AS name, count(objective_id) AS value
FROM (VALUES ('objectifs', 'objective'), ('moyens', 'means')) AS roles(name, role)
LEFT JOIN raw('objectives') USING (role)
GROUP BY roles.name;

-- plans.issues_connues: by the ask that an objective is, or by its own evidence.
SELECT 'plans.issues_connues' AS name, count(*) AS value
FROM raw('objectives')
WHERE
    objective_id IN (SELECT objective_id FROM evidence)
    OR objective_id IN (
        SELECT record.objective_id FROM record JOIN counted USING (ask_id)
        WHERE counted.status != 'inconnues'
    );

CREATE TABLE levers AS
SELECT lever_id, document, document = getvariable('document') AS of_brief FROM raw('levers');

-- The levers that each ask names, itself or by its measure.
CREATE TABLE named_levers AS
SELECT ask_id, lever_id FROM raw('ask_levers')
UNION
SELECT record.ask_id, measures.lever_id
FROM record
JOIN raw('roadmap_measures') AS measures USING (measure_id)
WHERE measures.lever_id IS NOT NULL;

-- feuille.nombre_axes, feuille.nombre_leviers, feuille.nombre_leviers_memoire
SELECT 'feuille.nombre_axes' AS name, count(*) AS value
FROM raw('axes')
WHERE document = 'roadmap-2020';

SELECT 'feuille.nombre_leviers' AS name, count(*) AS value
FROM levers
WHERE document = 'roadmap-2020';

SELECT 'feuille.nombre_leviers_memoire' AS name, count(*) AS value FROM levers WHERE of_brief;

-- feuille.nombre_demandees, feuille.nombre_engagements, feuille.quantite.{part}
SELECT 'feuille.nombre_demandees' AS name, count(*) AS value
FROM raw('roadmap_measures')
WHERE document = 'roadmap-2020' AND measure_id IN (SELECT measure_id FROM record);

SELECT 'feuille.nombre_engagements' AS name, count(*) AS value
FROM raw('roadmap_measures')
WHERE document = 'roadmap-2020' AND kind = 'commitment';

SELECT 'feuille.quantite.' || lower(measure_id) AS name, CAST(quantity AS INTEGER) AS value
FROM raw('roadmap_measures')
WHERE quantity IS NOT NULL;

-- feuille.cases, feuille.cases_nommees, feuille.axes_sans_levier
SELECT 'feuille.cases' AS name, count(*) AS value
FROM raw('lever_axes')
WHERE document = 'roadmap-2020';

SELECT 'feuille.cases_nommees' AS name, count(*) AS value
FROM raw('lever_axes')
WHERE document = 'roadmap-2020' AND statement = 'named';

SELECT 'feuille.axes_sans_levier' AS name, count(*) AS value
FROM raw('axes') AS axes
WHERE
    document = 'roadmap-2020'
    AND NOT EXISTS (
        SELECT 1
        FROM raw('lever_axes') AS cells
        WHERE
            cells.axis_id = axes.axis_id
            AND cells.document = axes.document
            AND cells.statement = 'named'
    );

-- feuille.leviers.{name}
SELECT 'feuille.leviers.' || relations.name AS name, count(crosswalk.lever_id) AS value
FROM (
    VALUES ('repris', 'kept'), ('repris_en_partie', 'narrowed'), ('nouveaux', 'new')
) AS relations(name, relation)
LEFT JOIN raw('lever_crosswalk') AS crosswalk
    ON crosswalk.relation = relations.relation AND crosswalk.document = getvariable('document')
GROUP BY relations.name;

-- feuille.leviers_sans_demande
SELECT 'feuille.leviers_sans_demande' AS name, count(*) AS value
FROM levers
WHERE of_brief AND lever_id NOT IN (SELECT lever_id FROM named_levers);

-- The axes of an ask: those that its levers name, or that the levers taken up by its levers name.
CREATE TABLE named_axes AS
SELECT DISTINCT named_levers.ask_id, cells.axis_id
FROM named_levers
LEFT JOIN raw('lever_crosswalk') AS crosswalk
    ON
        crosswalk.lever_id = named_levers.lever_id
        AND crosswalk.document = getvariable('document')
JOIN raw('lever_axes') AS cells
    ON
        cells.lever_id = coalesce(crosswalk.former_id, named_levers.lever_id)
        AND cells.document = 'roadmap-2020'
        AND cells.statement = 'named';

-- Each ask of the cycle in one part: the one it names, `plusieurs` or `aucun`.
CREATE TABLE spread AS
WITH own AS (
    SELECT ask_id, annual_amount
    FROM record
    WHERE recommendation_cycle = getvariable('cycle') AND NOT is_total
),

targets AS (
    SELECT 'levier' AS kind, ask_id, lever_id AS target FROM named_levers
    UNION ALL
    SELECT 'axe', ask_id, axis_id FROM named_axes
)

SELECT
    kinds.kind,
    own.annual_amount,
    CASE count(targets.target)
        WHEN 0 THEN 'aucun'
        WHEN 1 THEN lower(any_value(targets.target))
        ELSE 'plusieurs'
    END AS part
FROM own
CROSS JOIN (VALUES ('levier'), ('axe')) AS kinds(kind)
LEFT JOIN targets ON targets.ask_id = own.ask_id AND targets.kind = kinds.kind
GROUP BY kinds.kind, own.ask_id, own.annual_amount;

CREATE TABLE parts AS
SELECT 'levier' AS kind, lower(lever_id) AS part FROM levers WHERE of_brief
UNION ALL
SELECT 'axe', lower(axis_id) FROM raw('axes') WHERE document = 'roadmap-2020'
UNION ALL
SELECT kind, part
FROM (VALUES ('levier'), ('axe')) AS kinds(kind), (VALUES ('plusieurs'), ('aucun')) AS apart(part);

-- feuille.montant_levier.{part}, feuille.montant_axe.{part}
SELECT
    'feuille.montant_' || parts.kind || '.' || parts.part AS name,
    coalesce(sum(spread.annual_amount), 0) AS value
FROM parts
LEFT JOIN spread ON spread.kind = parts.kind AND spread.part = parts.part
GROUP BY parts.kind, parts.part;

-- feuille.part_levier.{part}, feuille.part_axe.{part}: no share where the cycle asks nothing.
SELECT
    'feuille.part_' || parts.kind || '.' || parts.part AS name,
    coalesce(sum(spread.annual_amount), 0) AS numerator,
    whole.amount AS denominator,
    CASE WHEN whole.amount IS NULL THEN '...' END AS symbol
FROM parts
LEFT JOIN (SELECT kind, sum(annual_amount) AS amount FROM spread GROUP BY kind) AS whole USING (kind)
LEFT JOIN spread ON spread.kind = parts.kind AND spread.part = parts.part
GROUP BY parts.kind, parts.part, whole.amount;

-- feuille.nombre_secteurs, feuille.nombre_programmes, feuille.compte.{part}, feuille.depuis.{part}
SELECT 'feuille.nombre_secteurs' AS name, count(*) AS value
FROM raw('brief_sectors')
WHERE document = getvariable('document');

CREATE TABLE programmes AS
SELECT
    lower(programme_id) AS programme,
    CAST("count" AS INTEGER) AS printed,
    CAST(since AS INTEGER) AS since
FROM raw('brief_programmes')
WHERE document = getvariable('document');

SELECT 'feuille.nombre_programmes' AS name, count(*) AS value FROM programmes;

SELECT 'feuille.compte.' || programme AS name, printed AS value
FROM programmes
WHERE printed IS NOT NULL;

SELECT 'feuille.depuis.' || programme AS name, since AS value
FROM programmes
WHERE since IS NOT NULL;
