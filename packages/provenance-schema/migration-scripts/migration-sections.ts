import type { DatabaseMigration } from '../src/database-migration.ts';
import { migrationTextHash } from '../src/migration-text-hash.ts';

/** A migration with the text of its script. */
export interface MigrationText extends DatabaseMigration {
  readonly text: string;
}

const notice = '-- Written by `pnpm migrations` from Scripts/Migrations: change the files there.';

/**
 * The script that SqlPackage runs before a publish: what `hartonomous database deploy` checks and does before it touches
 * an object. Records are written after the publish, whose plan creates dbo.SchemaMigration: it was made before this ran.
 */
export function preDeploymentScript(migrations: readonly MigrationText[]): string {
  const batches = [takeLock, checkRecords(migrations), ...scriptsOf(migrations, 'before')];
  return [notice, ...batches.map((batch) => `${batch}\nGO\n`)].join('\n');
}

/** The part of the post-deployment script that runs what comes after the objects, and records what has been run. */
export function postDeploymentSection(migrations: readonly MigrationText[]): string {
  const batches = [...scriptsOf(migrations, 'after'), writeRecords(migrations)];
  return [notice, ...batches.map((batch) => `${batch}\nGO\n`)].join('\n');
}

const takeLock = `-- One deployment at a time. The lock is the session's: it ends with the publish, however that ends.
DECLARE @Status INT;
EXEC @Status = sp_getapplock
    @Resource = N'Hartonomous.Deployment',
    @LockMode = 'Exclusive',
    @LockOwner = 'Session',
    @LockTimeout = 600000;
IF @Status < 0 THROW 51060, N'Another deployment of this database did not end within 10 minutes. Nothing was changed.', 1;`;

function scriptsOf(migrations: readonly MigrationText[], phase: DatabaseMigration['phase']): string[] {
  return migrations
    .filter((migration) => migration.phase === phase && migration.class === 'expand')
    .map(({ path, text, needs }) => `-- ${path}\n${needs === undefined ? text.trim() : whereColumnIs(needs, text)}`);
}

/** Compiled only where the column is: a batch that names one that is gone is refused as a whole. */
function whereColumnIs({ table, column }: NonNullable<DatabaseMigration['needs']>, text: string): string {
  const quoted = text.trim().replaceAll("'", "''");
  return `IF COL_LENGTH(N'${table}', N'${column}') IS NOT NULL\n    EXEC [sys].[sp_executesql] N'${quoted}';`;
}

function checkRecords(migrations: readonly MigrationText[]): string {
  return `-- IF within IF: a statement that names dbo.SchemaMigration must not be compiled before the first publish has made it.
IF OBJECT_ID(N'dbo.SchemaMigration') IS NOT NULL
BEGIN
    IF EXISTS (SELECT 1 FROM [dbo].[SchemaMigration] AS m WHERE m.[MigrationNumber] > ${migrations.length})
        THROW 51061, N'The database has had migrations of a newer version than this package. Nothing was changed. Publish the newer package.', 1;
    IF EXISTS (
        SELECT 1
        FROM [dbo].[SchemaMigration] AS m
        INNER JOIN (
            VALUES
${migrations.map(({ number, text }) => `                (${number}, 0x${migrationTextHash(text)})`).join(',\n')}
        ) AS v ([MigrationNumber], [TextHash]) ON v.[MigrationNumber] = m.[MigrationNumber]
        WHERE v.[TextHash] <> m.[TextHash]
    )
        THROW 51062, N'A migration in this package has another text than when it was applied to the database. Nothing was changed. Publish the version that dbo.SchemaMigration names, or a newer one.', 1;
END;`;
}

function writeRecords(migrations: readonly MigrationText[]): string {
  const rows = migrations
    .filter((migration) => migration.class === 'expand')
    .map(({ number, name, text }) => `        (${number}, N'${name}', 0x${migrationTextHash(text)})`);
  return `INSERT INTO [dbo].[SchemaMigration] ([MigrationNumber], [Name], [Class], [TextHash], [Outcome], [AppliedBy])
SELECT v.[MigrationNumber], v.[Name], N'EXPAND', v.[TextHash], N'APPLIED', N'SqlPackage'
FROM (
    VALUES
${rows.join(',\n')}
) AS v ([MigrationNumber], [Name], [TextHash])
WHERE NOT EXISTS (SELECT 1 FROM [dbo].[SchemaMigration] AS m WHERE m.[MigrationNumber] = v.[MigrationNumber]);`;
}
