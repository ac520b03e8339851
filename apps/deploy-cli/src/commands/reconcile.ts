import type { GraphDrift } from '@hartonomous/graph-sync';
import { muchDeleted, type ReconcileRunOptions, reconcile } from '@hartonomous/operations';
import {
  type AnyEntity,
  entities,
  entityOf,
  entityTypes,
  type FencingState,
  fencingSequence,
  isEntityType,
} from '@hartonomous/provenance-schema';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { databaseSettingsSchema, graphSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';

interface ReconcileCommandOptions extends CommonOptions {
  readonly entity?: string;
  readonly repair?: boolean;
  readonly deep?: boolean;
  readonly yes?: boolean;
}

/** Entities that are named one by one; more would bury the counts, and no program should hold a million of them. */
const shownPerEntity = 100;

/** Adds `reconcile`. */
export function addReconcileCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(program.command('reconcile'))))
    .description('compare the tables with the graph, and sync again what differs')
    .option('--entity <name>', `only this one of ${entityTypes.join(', ')}`)
    .option(
      '--repair',
      'enqueue what differs; the worker brings it to the graph, and deletes there what SQL does not have',
    )
    .option('--yes', 'with --repair: also where it deletes more than 5 % of what the graph has of an entity')
    .option('--deep', 'compare every value; without it, only ranges whose counts or checksums differ')
    .addHelpText(
      'after',
      `
Comparing Atom compares vectors of atoms too (AtomEmbedding, with the atom's id); they go to the graph with their atoms. So does
which model searches read.
Checksums are made of numbers, times and lengths: a text that became another of the same length is found by --deep only.
A change that is still in the queue shows as a difference. While dbo.GraphSyncSequence is behind the graph (a restored
database), nothing can be repaired; the message has the statement that puts it right.
A repair that would delete more than 5 % of what the graph has of an entity asks first: so it is where the database is
empty, half restored, or another one. For that, it compares twice; with --yes once.
Exit code 0: nothing differs, or all of it was enqueued; 1: something differs, or the sequence is behind; 2: wrong command
line or configuration, or nobody to ask; 3: a server can't be reached or refuses the login.

Examples:
  hartonomous reconcile
  hartonomous reconcile --entity Atom --repair
  hartonomous reconcile --deep --json`,
    )
    .action(async (options: ReconcileCommandOptions) => {
      const { output, settings } = await startCommand(context, options);
      const shown = new Map<string, GraphDrift[]>();
      let ranges = 0;
      const target = {
        database: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb,
        graph: graphConnection(settings.get(graphSettingsSchema)),
        entities: chosen(options.entity),
        deep: options.deep === true,
        signal: context.signal,
      };
      if (options.repair === true && options.yes !== true && !(await mayDelete(context, output, target))) return;
      const { entities: reconciliations, sequence } = await reconcile({
        ...target,
        repair: options.repair === true,
        onDrift: (name, drift) => {
          const list = shown.get(name) ?? [];
          shown.set(name, list);
          if (list.length >= shownPerEntity) return;
          list.push(drift);
          output.line(`${name} ${drift.entityId} (tenant ${drift.tenantId}): ${describe(drift)}`);
        },
        onRange: (name, { to, sqlRows, drift }) => {
          ranges += 1;
          output.verbose(`range ${ranges}, ${name} up to ${to}: ${sqlRows} rows, ${drift.length} differ`);
        },
      });
      let open = 0;
      let stale = 0;
      for (const { entity, sqlRows, graphRows, missing, extra, different, enqueued, ...more } of reconciliations) {
        const count = missing + extra + different;
        open += count - enqueued;
        stale += more.stale;
        const differs = `${missing} missing, ${extra} extra, ${different} different`;
        const sign = count === enqueued ? '✓' : '✗';
        const repaired = enqueued === 0 ? '' : `; ${enqueued} enqueued`;
        const left =
          more.stale === 0
            ? ''
            : `; ${more.stale} that a sync would leave as ${more.stale === 1 ? 'it is' : 'they are'}`;
        output.line(`${sign} ${entity}: ${sqlRows} in SQL, ${graphRows} in the graph; ${differs}${repaired}${left}`);
      }
      const isBehind = sequence.state === 'behind';
      if (stale > 0 && !isBehind) output.line(staleAdvice([...shown.values()].flat(), sequence));
      if (open > stale) {
        output.line(
          'Run it again with --repair to have the worker sync them anew; what is extra is deleted from the graph then.',
        );
      }
      if (isBehind) output.line(`✗ SEQUENCE_BEHIND: ${sequence.reason}`);
      if (sequence.state === 'unseen') output.line(`! ${sequence.reason}`);
      if (sequence.state !== 'ahead') output.detail(sequence.action);
      const isWell = open === 0 && !isBehind;
      output.document({
        ok: isWell,
        entities: reconciliations,
        sequence: sequenceAsJson(sequence),
        drift: [...shown].flatMap(([name, list]) => list.map((drift) => asJson(name, drift))),
      });
      context.finish(isWell ? exitCodes.done : exitCodes.failed);
    });
}

/** Compares without changing anything, and asks where a repair would delete much. */
async function mayDelete(
  context: CommandContext,
  output: Output,
  target: Omit<ReconcileRunOptions, 'repair'>,
): Promise<boolean> {
  const { entities: compared, sequence } = await reconcile({ ...target, repair: false });
  // The repair itself refuses then, and says why.
  if (sequence.state === 'behind') return true;
  const much = muchDeleted(compared);
  if (much.length === 0) return true;
  return await confirm(context, output, `This deletes from the graph ${much.join(', ')}. Go on`, false);
}

function chosen(name: string | undefined): readonly AnyEntity[] {
  if (name === undefined) return entities;
  if (isEntityType(name)) return [entityOf(name)];
  throw new UsageError(`There is no entity ${name}.`, `Use one of ${entityTypes.join(', ')}.`);
}

function describe({ kind, details }: GraphDrift): string {
  const words = {
    missing: 'not in the graph',
    extra: 'in the graph, but not in SQL',
    different: 'differs in',
  } as const;
  return details.length === 0 ? words[kind] : `${words[kind]} ${details.join(', ')}`;
}

// JSON has no 64-bit integers.
function asJson(entity: string, { entityId, syncSequence, ...drift }: GraphDrift): object {
  const number = syncSequence === null ? null : `${syncSequence}`;
  return { entity, entityId: `${entityId}`, ...drift, syncSequence: number };
}

function sequenceAsJson(sequence: FencingState): object {
  if (sequence.state === 'unseen') return sequence;
  return { ...sequence, greatest: `${sequence.greatest}`, current: `${sequence.current}` };
}

/** What to do about entities that the graph has with greater numbers than the sequence has handed out. */
function staleAdvice(drift: readonly GraphDrift[], sequence: FencingState): string {
  const numbers = drift.flatMap(({ syncSequence }) => (syncSequence === null ? [] : [syncSequence]));
  const [greatest = 0n] = numbers.toSorted((a, b) => (a < b ? 1 : -1));
  const at = sequence.state === 'unseen' ? '' : `, which is at ${sequence.current}`;
  return (
    `Their numbers in the graph are greater than any of ${fencingSequence}${at}. Once it is past them (among those named, ` +
    `the greatest is ${greatest}), --repair fixes them too: ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH ${greatest + 1n};`
  );
}
