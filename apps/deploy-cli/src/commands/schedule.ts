import {
  addSchedule,
  changeSchedule,
  enableSchedule,
  listSchedules,
  removeSchedule,
  type Schedule,
  type ScheduleRun,
  scheduleHistory,
  scheduleKindFacts,
  triggerSchedule,
} from '@hartonomous/operations';
import { type Command, Option } from 'commander';
import { confirm } from '../confirm.ts';
import { UsageError } from '../errors.ts';
import { exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import { printable } from '../lineage/printable.ts';
import { textTable } from '../lineage/text-table.ts';
import { operatorName } from '../operator-name.ts';
import type { Output } from '../output.ts';
import { wholeNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { durationText } from './duration-text.ts';
import { kindName, kindNamed, kindNames } from './schedule-kind-names.ts';
import { addScheduleRunCommand } from './schedule-run.ts';
import { withDatabase } from './with-database.ts';

interface ChangeOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

interface AddOptions extends ChangeOptions {
  readonly kind: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly set: readonly string[];
  readonly enabled?: boolean;
  readonly disabled?: boolean;
}

interface SettingsOptions extends ChangeOptions {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly set: readonly string[];
  readonly defaults?: boolean;
}

/** Milliseconds after which what is due and claimed by nobody is called overdue; processes look each few seconds. */
const overdueMs = 300_000;

/** Adds `schedule add|change|list|remove|enable|disable|trigger|history|run`. */
export function addScheduleCommands(program: Command, context: CommandContext): void {
  const group = program
    .command('schedule')
    .description('recurring work: purge, reconcile, backfill, canary, self-repair');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));

  command('add <name>')
    .description('run something by a cron expression; "schedule run" does it')
    .addOption(new Option('--kind <kind>', 'what is done').choices(kindNames).makeOptionMandatory())
    .requiredOption('--cron <expression>', 'five fields: minute hour day-of-month month day-of-week')
    .option('--time-zone <name>', 'whose clock counts, for example Europe/Berlin', 'UTC')
    .option(
      '--set <key=value>',
      'a parameter of the kind; may be repeated',
      (pair: string, pairs: readonly string[]) => [...pairs, pair],
      [],
    )
    .option('--enabled', 'enable a self-repair at once')
    .option('--disabled', 'only keep it; "schedule enable" begins it')
    .option('--dry-run', 'only check it, and show when it would be due')
    .addHelpText(
      'after',
      `
${kindsText()}

Parameters: purge has logDays, deadLetterDays, ingestionDays, embeddingDays; reconcile has repair, deep, settleSeconds;
backfill has model; canary has seconds; self-repair has maxFixes, deploy. A self-repair is disabled until "schedule enable", or --enabled.
A time that a change to summer time leaves out comes at the moment of the change; one that the change back has twice comes once, but
what has a wildcard or step in minute or hour goes on through both. What was missed while nobody ran it is made up for once.
Needs EXECUTE on dbo.sp_AddSchedule, which db_owner has.

Examples:
  hartonomous schedule add nightly-purge --kind purge --cron '30 2 * * *' --time-zone Europe/Berlin
  hartonomous schedule add weekly-repair --kind reconcile --cron '0 3 * * 0' --set repair=true
  hartonomous schedule add canary --kind canary --cron '*/5 * * * *' --set seconds=20 --dry-run`,
    )
    .action((name: string, options: AddOptions) => {
      const kind = kindNamed(options.kind);
      const { cron, timeZone, dryRun = false } = options;
      if (options.enabled === true && options.disabled === true)
        throw new UsageError('--enabled and --disabled exclude each other.', 'Give one of them, or none.');
      const isEnabledAtOnce = scheduleKindFacts.find((each) => each.kind === kind)?.isEnabledAtOnce === true;
      const isEnabled = options.enabled === true || (isEnabledAtOnce && options.disabled !== true);
      const parameters = Object.fromEntries(options.set.map(parameterOf));
      return withDatabase(context, options, async ({ client, output }) => {
        const schedule = { name, kind, cron, timeZone, parameters, isEnabled, changedBy: operatorName() };
        const { dueAt } = await addSchedule(client, schedule, dryRun, context.signal);
        output.line(`${dryRun ? 'Would add' : '✓ Added'} ${name}: ${kindName(kind)}, ${cron}, ${timeZone}.`);
        output.detail(dueText(dueAt, name));
        output.document({ ok: true, dryRun, schedule, dueAt });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
      });
    });

  command('change <name>')
    .description('give a schedule another time or other parameters')
    .option('--cron <expression>', 'five fields: minute hour day-of-month month day-of-week')
    .option('--time-zone <name>', 'whose clock counts, for example Europe/Berlin')
    .option(
      '--set <key=value>',
      'a parameter of the kind, instead of all that it has; may be repeated',
      (pair: string, pairs: readonly string[]) => [...pairs, pair],
      [],
    )
    .option('--defaults', "go back to its kind's default parameters")
    .option('--dry-run', 'only check it, and show when it would be due')
    .addHelpText(
      'after',
      `
What isn't given stays. The new expression counts from now on: runs that were due and not begun are dropped. A run in progress continues
as it was. Needs EXECUTE on dbo.sp_ChangeSchedule, which db_owner has.

Examples:
  hartonomous schedule change nightly-purge --cron '0 3 * * *'
  hartonomous schedule change canary --set seconds=60 --dry-run`,
    )
    .action((name: string, options: SettingsOptions) => {
      const { cron, timeZone, set, defaults = false, dryRun = false } = options;
      if (defaults && set.length > 0)
        throw new UsageError('--defaults and --set exclude each other.', 'Give one of them, or none.');
      const parameters = defaults || set.length > 0 ? Object.fromEntries(set.map(parameterOf)) : undefined;
      if (cron === undefined && timeZone === undefined && parameters === undefined)
        throw new UsageError('There is nothing to change.', 'Give --cron, --time-zone, --set or --defaults.');
      return withDatabase(context, options, async ({ client, output }) => {
        const asked = { cron, timeZone, parameters, changedBy: operatorName() };
        const { changes, dueAt, schedule } = await changeSchedule(client, name, asked, dryRun, context.signal);
        if (!changes) output.line(`${name} has these settings already.`);
        else output.line(`${dryRun ? 'Would change' : '✓ Changed'} ${name}: ${schedule.cron}, ${schedule.timeZone}.`);
        output.detail(dueText(dueAt, name));
        output.document({ ok: true, dryRun, changed: changes && !dryRun, schedule, dueAt });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes }));
      });
    });

  command('list')
    .description('show all schedules: when each is due next, and how its last run ended')
    .addHelpText(
      'after',
      `
OVERDUE: it was due and nobody has claimed it: "schedule run" doesn't run, or its login lacks a right for the kind. Exit code 0: listed;
1: one is overdue by more than five minutes, or the last run of one failed; 2: wrong command line or configuration; 3: SQL Server can't
be reached or refuses the login.

Examples:
  hartonomous schedule list
  hartonomous schedule list --json | jq '.schedules[] | select(.overdueMs > 300000)'`,
    )
    .action((options: CommonOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const schedules = await listSchedules(client, context.signal);
        printSchedules(output, schedules);
        const isWell = schedules.every((each) => !isOverdue(each) && !hasFailed(each));
        output.document({ ok: isWell, schedules });
        context.finish(isWell ? exitCodes.done : exitCodes.failed);
      }),
    );

  command('remove <name>')
    .description('remove a schedule; what it has done stays in its history')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only look for it')
    .addHelpText(
      'after',
      '\nNeeds EXECUTE on dbo.sp_RemoveSchedule, which db_owner has.\n\nExamples:\n  hartonomous schedule remove nightly-purge --dry-run\n  hartonomous schedule remove nightly-purge --yes',
    )
    .action((name: string, options: ChangeOptions & { readonly yes?: boolean }) =>
      withDatabase(context, options, async ({ client, output }) => {
        const { dryRun = false, yes = false } = options;
        const { signal } = context;
        const schedule = await removeSchedule(client, name, true, signal);
        if (!dryRun) {
          if (!(await confirm(context, output, `Remove the schedule ${name}`, yes))) return;
          await removeSchedule(client, name, false, signal);
        }
        output.line(`${dryRun ? 'Would remove' : '✓ Removed'} ${name}: ${kindName(schedule.kind)}, ${schedule.cron}.`);
        output.document({ ok: true, dryRun, schedule });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
      }),
    );

  for (const [verb, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    command(`${verb} <name>`)
      .description(isEnabled ? 'enable a schedule' : 'disable a schedule; a run in progress continues')
      .option('--dry-run', 'only look for it')
      .addHelpText(
        'after',
        `\nNeeds EXECUTE on dbo.sp_EnableSchedule, which db_owner has.\n\nExamples:\n  hartonomous schedule ${verb} self-repair\n  hartonomous schedule ${verb} self-repair --dry-run`,
      )
      .action((name: string, options: ChangeOptions) =>
        withDatabase(context, options, async ({ client, output }) => {
          const { dryRun = false } = options;
          const asked = { isEnabled, changedBy: operatorName() };
          const { changes, dueAt } = await enableSchedule(client, name, asked, dryRun, context.signal);
          if (!changes) output.line(`${name} is ${verb}d already.`);
          else output.line(`${dryRun ? `Would ${verb}` : `✓ ${isEnabled ? 'Enabled' : 'Disabled'}`} ${name}.`);
          if (isEnabled) output.detail(dueText(dueAt, name));
          output.document({ ok: true, dryRun, name, changed: changes && !dryRun, dueAt });
          if (dryRun) context.finish(exitCodeOfDryRun({ changes }));
        }),
      );
  }

  command('trigger <name>')
    .description('make a schedule due at once; its expression counts again afterwards')
    .option('--dry-run', 'only look for it')
    .addHelpText(
      'after',
      `
A process of "schedule run" takes it up, as any other that is due. One that is due or being worked on already stays as it is.
Needs EXECUTE on dbo.sp_TriggerSchedule, which db_owner has.

Examples:
  hartonomous schedule trigger nightly-purge
  hartonomous schedule trigger nightly-purge --dry-run`,
    )
    .action((name: string, options: ChangeOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const { dryRun = false } = options;
        const asked = { changedBy: operatorName() };
        const { changes, dueAt } = await triggerSchedule(client, name, asked, dryRun, context.signal);
        if (!changes) output.line(`${name} is due already, or being worked on.`);
        else
          output.line(`${dryRun ? `${name} would be` : `✓ ${name} is`} due now. "hartonomous schedule run" does it.`);
        output.document({ ok: true, dryRun, name, changed: changes && !dryRun, dueAt });
        if (dryRun) context.finish(exitCodeOfDryRun({ changes }));
      }),
    );

  command('history [name]')
    .description('show what a schedule, or all of them, have done; the latest first')
    .option('--limit <number>', 'most runs, from 1 to 10000', '20')
    .addHelpText(
      'after',
      `
Removed schedules have a history, too; runs of more than a year ago are deleted. With --json, a self-repair's run has its journal: what
was found, each fix, what was left.

Examples:
  hartonomous schedule history
  hartonomous schedule history self-repair --limit 1 --json | jq '.runs[0].journal'`,
    )
    .action((name: string | undefined, options: CommonOptions & { readonly limit: string }) =>
      withDatabase(context, options, async ({ client, output }) => {
        const limit = wholeNumber('--limit', options.limit, 1, 10_000);
        const runs = await scheduleHistory(client, { name, limit }, context.signal);
        for (const run of runs) printRun(output, run);
        if (runs.length === 0) output.line(name === undefined ? 'Nothing has run yet.' : `${name} has not run yet.`);
        output.document({ ok: true, runs });
      }),
    );

  addScheduleRunCommand(group, context);
}

function kindsText(): string {
  return scheduleKindFacts
    .map(({ kind, does, needs }) => `${kindName(kind)}: ${does}. Its login needs ${needs}.`)
    .join('\n');
}

function parameterOf(pair: string): [string, unknown] {
  const [, key, value] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
  if (key === undefined || value === undefined)
    throw new UsageError(`--set ${pair} can't be used.`, 'Give KEY=VALUE, for example repair=true.');
  if (value === 'true' || value === 'false') return [key, value === 'true'];
  return [key, /^\d{1,9}$/.test(value) ? Number(value) : value];
}

function dueText(dueAt: Date | null, name: string): string {
  return dueAt === null
    ? `It is disabled. To begin it: hartonomous schedule enable ${name}`
    : `Due next at ${dueAt.toISOString().slice(0, 16)}Z. A process of "hartonomous schedule run" has to be there then.`;
}

function isOverdue({ overdueMs: late }: Schedule): boolean {
  return (late ?? 0) > overdueMs;
}

function hasFailed({ lastRun }: Schedule): boolean {
  return lastRun?.outcome === 'FAILED' || lastRun?.outcome === 'ABANDONED';
}

function printSchedules(output: Output, schedules: readonly Schedule[]): void {
  if (schedules.length === 0) {
    output.line('There are no schedules. Workers purge by themselves each hour; everything else runs only on demand.');
    return;
  }
  const rows = schedules.map((schedule) => {
    const { name, kind, dueAt, lastRun, isEnabled, isRunning } = schedule;
    const state = isRunning ? 'running' : isOverdue(schedule) ? 'OVERDUE' : isEnabled ? 'enabled' : 'disabled';
    return [
      printable(name, 24),
      kindName(kind),
      state,
      dueAt === null ? '-' : `${dueAt.toISOString().slice(0, 16)}Z`,
      lastRun?.outcome ?? 'never ran',
    ];
  });
  const lines = textTable(['NAME', 'KIND', 'STATE', 'NEXT', 'LAST RUN'], rows);
  output.line(lines[0]);
  for (const [place, schedule] of schedules.entries()) {
    const { cron, timeZone, parameters, lastRun, overdueMs: late } = schedule;
    output.line(lines[place + 1]);
    const set = Object.entries(parameters).map(([key, value]) => ` ${key}=${String(value)}`);
    output.detail(`${cron} ${timeZone}${set.join('')}`);
    if (isOverdue(schedule))
      output.detail(`Due for ${durationText(late ?? 0)} and claimed by nobody: is there a "hartonomous schedule run"?`);
    if (hasFailed(schedule) && lastRun !== null) output.detail(`${lastRun.outcome}: ${lastRun.summary ?? ''}`);
  }
}

function printRun(output: Output, run: ScheduleRun): void {
  const { name, kind, outcome, startedAt, finishedAt, attempts, runBy, summary } = run;
  const took = finishedAt === null ? '' : ` in ${durationText(finishedAt.getTime() - startedAt.getTime())}`;
  const again = attempts > 1 ? `, begun ${attempts} times` : '';
  output.line(
    `${startedAt.toISOString().slice(0, 19)}Z ${name} (${kindName(kind)}): ${outcome}${took}, by ${runBy}${again}`,
  );
  if (summary !== null) output.detail(summary);
}
