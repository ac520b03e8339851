import { kindRights, runSchedules, type ScheduleEvent } from '@hartonomous/operations';
import { scheduleKinds } from '@hartonomous/provenance-schema';
import { type Command, Option } from 'commander';
import { connectionSettings, graphConnection } from '../connection-settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { StopRequest } from '../stop-request.ts';
import { wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';
import { durationText } from './duration-text.ts';
import { kindName, kindNamed, kindNames } from './schedule-kind-names.ts';
import { withDatabase } from './with-database.ts';

interface RunOptions extends CommonOptions {
  readonly kind?: readonly string[];
  readonly once?: boolean;
  readonly poll: string;
  readonly lease: string;
}

/** Adds `schedule run`. */
export function addScheduleRunCommand(group: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(withDatabaseOptions(group.command('run'))))
    .description('work on schedules that are due, until it is ended')
    .addOption(
      new Option('--kind <kinds...>', 'only these (default: all that the login has the rights for)').choices(kindNames),
    )
    .option('--once', 'end when nothing is due, for timers of systemd or Windows')
    .option('--poll <seconds>', 'between two checks for due schedules, from 1 to 3600', '5')
    .option('--lease <seconds>', 'until another process may take over from one that vanished, from 15 to 3600', '60')
    .addHelpText(
      'after',
      `
Any number of these may run, on any machines: each due time is claimed by one of them, and taken over when that one vanishes. What this
login lacks the rights for is said at the start, and left to others; with --kind, a kind that it lacks a right for is an error. Runs as
a service of its own: docs/operating.md has the unit. Ctrl-C and SIGTERM end it; what is under way is given up and taken over.

Exit code 0: ended on request, or with --once nothing is due any more and no run failed; 1: it may work on nothing, lacks a right for a
kind of --kind, or with --once a run failed; 2: wrong command line or configuration; 3: SQL Server can't be reached or refuses the login.

Examples:
  hartonomous schedule run
  hartonomous schedule run --kind purge canary reconcile
  hartonomous schedule run --once --kind self-repair --json`,
    )
    .action((options: RunOptions) => {
      const pollMs = 1_000 * wholeNumber('--poll', options.poll, 1, 3_600);
      const leaseSeconds = wholeNumber('--lease', options.lease, 15, 3_600);
      const { once = false } = options;
      return withDatabase(context, options, async ({ client, output, settings }) => {
        const { signal } = context;
        const servers = connectionSettings(settings);
        const { database } = servers;
        const graph = servers.graph === undefined ? undefined : graphConnection(servers.graph);
        const asked = options.kind?.map(kindNamed) ?? scheduleKinds;
        const rights = await kindRights(client, asked, { graph }, signal);
        const kinds = rights.filter(({ lacks }) => lacks.length === 0).map(({ kind }) => kind);
        const lacking = rights.filter(({ lacks }) => lacks.length > 0);
        for (const { kind, lacks } of lacking) {
          output.line(`! ${kindName(kind)} is left to others: this login lacks ${lacks.join(', ')}`);
        }
        output.jsonLine({ type: 'started', kinds: kinds.map(kindName), lacking });
        if (kinds.length === 0 || (options.kind !== undefined && lacking.length > 0)) {
          output.line('✗ Nothing is worked on. docs/operating.md has what each kind needs: "Schedules".');
          context.finish(exitCodes.failed);
          return;
        }
        output.line(`Works on ${kinds.map(kindName).join(', ')}${once ? '' : '; Ctrl-C ends'}`);
        let isWell = true;
        const onEvent = (event: ScheduleEvent) => {
          isWell &&= !(event.type === 'ended' && ['FAILED', 'ABANDONED'].includes(event.result.outcome));
          print(output, event);
        };
        try {
          await runSchedules({ client, database, graph, kinds, pollMs, leaseSeconds, once, onEvent, signal });
          context.finish(isWell ? exitCodes.done : exitCodes.failed);
        } catch (error) {
          if (!(signal.reason instanceof StopRequest)) throw error;
          output.line('Ended on request.');
          context.finish(exitCodes.done);
        }
      });
    });
}

function print(output: Output, event: ScheduleEvent): void {
  const at = new Date().toISOString();
  output.jsonLine({ at, ...event });
  const time = `${at.slice(0, 19)}Z`;
  switch (event.type) {
    case 'begun': {
      const again = event.attempt > 1 ? `, attempt ${event.attempt}: the process before this one vanished` : '';
      output.line(
        `${time} ${event.name} (${kindName(event.kind)}), due at ${event.dueAt.toISOString().slice(0, 16)}Z${again}`,
      );
      return;
    }
    case 'ended': {
      const { name, result, ms, nextDueAt } = event;
      const sign = result.outcome === 'DONE' || result.outcome === 'SKIPPED' ? '✓' : '✗';
      const next = nextDueAt === null ? 'it is disabled now' : `next at ${nextDueAt.toISOString().slice(0, 16)}Z`;
      output.line(`${time} ${sign} ${name}: ${result.outcome} in ${durationText(ms)}; ${next}`);
      output.detail(result.summary);
      return;
    }
    case 'lost':
      output.line(`${time} ! ${event.name}: its lease ran out, and another process has it`);
      return;
    case 'away':
      output.line(`${time} ! SQL Server is away, and is waited for: ${event.reason}`);
  }
}
