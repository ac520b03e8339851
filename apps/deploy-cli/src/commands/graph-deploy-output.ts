import type { DeployEvent, DeployStep, MigrationProgress } from '@hartonomous/graph-sync';
import type { GraphDeployment } from '@hartonomous/operations';
import { graphNotes } from '@hartonomous/operations';
import type { Output } from '../output.ts';
import { counted } from './graph-plan-output.ts';

/** The lines of runbook R5, which operators compare with what they see. */
const titles: Readonly<Record<DeployStep, string>> = {
  connection: 'Testing Neo4j Connection',
  backup: 'Backing up existing constraints and indexes',
  constraints: 'Creating Constraints (idempotent)',
  indexes: 'Creating Indexes (idempotent)',
  referenceNodes: 'Initializing Reference Data (idempotent)',
  verification: 'Verifying Deployment',
};

const countedSteps: Readonly<Partial<Record<DeployStep, string>>> = {
  constraints: 'constraints',
  indexes: 'indexes',
  referenceNodes: 'reference nodes',
};

/** Prints the runbook's six lines as the deployment goes on, with what they leave unsaid below them. */
export function printStep(output: Output, event: DeployEvent): void {
  if (event.step === 'migrations') {
    printMigration(output, event.progress);
    return;
  }
  const { step, number, state } = event;
  if (state === 'started') {
    output.text(`[${number}/6] ${titles[step]}... `);
    return;
  }
  // Whether it succeeded is in the report, which comes after it.
  if (step === 'verification') return;
  const { count, total, created, leftOut, search } = event;
  const what = countedSteps[step];
  if (state === 'skipped') output.line('skipped');
  else output.line(what === undefined ? '✓' : `Created/Verified ${count} of ${total} ${what}`);
  if (search.total > 0) output.detail(`Created/Verified ${search.count} of ${search.total} search indexes`);
  for (const item of leftOut) output.detail(item);
  for (const item of created) output.verbose(`created: ${item}`);
}

function printMigration(output: Output, progress: MigrationProgress): void {
  switch (progress.state) {
    case 'waiting':
      output.detail('Another deployment applies migrations; waiting for it...');
      return;
    case 'started':
      output.detail(`Migration ${progress.version}: ${progress.description}`);
      return;
    case 'batch':
      output.detail(`  ${progress.changed} changed so far`);
      return;
    case 'applied':
      output.detail(`  applied in ${progress.durationMs} ms`);
  }
}

/** Prints how the deployment ended: what is not as it should be, what was changed, and the runbook's last line. */
export function printEnd(
  output: Output,
  { report, backupFile, uri, database, version, edition }: GraphDeployment,
): void {
  output.line(report.complete ? '✓' : '✗');
  for (const { type, name, state, detail } of report.items) {
    if (state === 'missing') output.detail(`${type} ${name} is missing`);
    else if (state === 'different') output.detail(`${type} ${name} ${detail}`);
    else output.verbose(`${type} ${name}: ${state}`);
  }
  for (const note of graphNotes(report)) output.verbose(note);
  output.verbose(`database ${database} at ${uri}, Neo4j ${version} (${edition})`);
  if (backupFile !== null) output.verbose(`backup: ${backupFile}`);
  const found = report.items.filter(({ state }) => state === 'found').length;
  const verified = found - report.created.length;
  const { length: migrated } = report.migrated;
  const applied = migrated === 0 ? '' : `, ${counted(migrated, 'migration')} applied`;
  const isSame = report.created.length === 0 && migrated === 0;
  output.line(`${report.created.length} created, ${verified} verified${applied}${isSame ? ': nothing changed' : ''}`);
  if (report.complete) output.line('✓ Neo4j Schema Deployment Complete!');
  else {
    output.line('✗ The graph differs from its schema; a deployment drops nothing.');
    output.line('Drop or rename the items above that are not as they should be, and run the command again.');
  }
}
