import { post, read, type Schedule, type ScheduleRun, type Schedules, send } from './api.ts';
import { button, element, replaceKeepingFocus, say, sayError, table } from './dom.ts';
import { newScheduleForm } from './new-schedule.ts';
import { waitFor } from './wait-for.ts';
import { age, time } from './words.ts';

/** Milliseconds between two checks. They become due by the minute. */
const lookEveryMs = 10_000;
/** Milliseconds after which what is due and claimed by nobody is called overdue, as the command line does. */
const overdueMs = 300_000;

/** The schedules: when they are due and how they ended; operators of the installation change them. Polls until `signal` aborts. */
export function schedulesSection(signal: AbortSignal): HTMLElement {
  const list = element('div');
  const runs = element('div', { 'aria-live': 'polite' });
  const form = element('details', {}, element('summary', {}, 'Add a schedule'));
  let seen = '';
  const look = async () => {
    const { items, kinds } = await read<Schedules>('v1/schedules', signal);
    if (form.childElementCount === 1) form.append(newScheduleForm(kinds, look, signal));
    // Where nothing has changed, nobody's place in the table is lost.
    const text = JSON.stringify(items);
    if (text === seen) return;
    seen = text;
    replaceKeepingFocus(list, items.length === 0 ? none() : shown(items, { act, remove, showRuns }));
  };
  const act = async (name: string, verb: string) => {
    const address = `v1/schedules/${encodeURIComponent(name)}/${verb}`;
    const { changes, dueAt } = await post<{ readonly changes: boolean; readonly dueAt: string | null }>(
      address,
      {},
      signal,
    );
    say(
      !changes ? `${name} is unchanged.` : dueAt === null ? `${name} is disabled.` : `${name} is due: ${time(dueAt)}.`,
    );
    await look();
  };
  const remove = async (name: string) => {
    await send(`v1/schedules/${encodeURIComponent(name)}`, signal, { method: 'DELETE' });
    say(`${name} is removed. What it has done stays in its history.`);
    await look();
  };
  const showRuns = async (name: string) => {
    const query = new URLSearchParams({ name, limit: '20' });
    const { items } = await read<{ readonly items: readonly ScheduleRun[] }>(`v1/schedule-runs?${query}`, signal);
    runs.replaceChildren(items.length === 0 ? element('p', {}, `${name} has not run yet.`) : history(name, items));
  };
  void (async () => {
    while (!signal.aborted) {
      if (!document.hidden) await look().catch(sayError);
      await waitFor(lookEveryMs, signal);
    }
  })();
  return element('section', { 'data-schedules': '' }, element('h2', {}, 'Schedules'), list, runs, form);
}

function none(): HTMLElement {
  return element('p', {}, 'There are no schedules. Workers purge without one.');
}

/** What can be done with a schedule. */
interface ScheduleActions {
  readonly act: (name: string, verb: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly showRuns: (name: string) => Promise<void>;
}

function shown(items: readonly Schedule[], { act, remove, showRuns }: ScheduleActions): HTMLElement {
  const rows = items.map((schedule) => {
    const { name, does, cron, timeZone, isEnabled, dueAt, lastRun } = schedule;
    const what = (verb: string, text: string, onPress: () => Promise<void>) =>
      button(text, onPress, { 'data-focus': `${verb} ${name}`, 'aria-label': `${text}: ${name}` });
    return [
      element('span', { title: does }, `${name} (${cron}, ${timeZone})`),
      stateOf(schedule),
      time(dueAt),
      lastRun === null ? 'never ran' : ended(lastRun.outcome, lastRun.summary, time(lastRun.startedAt)),
      element(
        'div',
        { class: 'buttons' },
        ...(isEnabled ? [what('trigger', 'Run now', () => act(name, 'trigger'))] : []),
        isEnabled
          ? what('switch', 'Disable', () => act(name, 'disable'))
          : what('switch', 'Enable', () => act(name, 'enable')),
        what('runs', 'History', () => showRuns(name)),
        removal(name, remove),
      ),
    ];
  });
  return table('Scheduled jobs', ['Schedule', 'State', 'Next run', 'Last run', 'Actions'], rows);
}

/** Asks for confirmation before it removes. */
function removal(name: string, remove: (name: string) => Promise<void>): HTMLElement {
  let isSure = false;
  const made = button(
    'Remove',
    async () => {
      if (isSure) {
        await remove(name);
        return;
      }
      isSure = true;
      made.textContent = 'Remove for good';
      made.setAttribute('aria-label', `Remove for good: ${name}`);
    },
    { 'data-focus': `remove ${name}`, 'aria-label': `Remove: ${name}` },
  );
  made.addEventListener('blur', () => {
    isSure = false;
    made.textContent = 'Remove';
    made.setAttribute('aria-label', `Remove: ${name}`);
  });
  return made;
}

function stateOf({ isEnabled, isRunning, overdueMs: late }: Schedule): HTMLElement {
  if (isRunning) return element('span', {}, 'running');
  if (late !== null && late > overdueMs) {
    return element('span', { class: 'bad' }, `overdue by ${age(late)}: is there a "hartonomous schedule run"?`);
  }
  return element('span', {}, late !== null ? 'due' : isEnabled ? 'enabled' : 'disabled');
}

function history(name: string, items: readonly ScheduleRun[]): HTMLElement {
  const rows = items.map(({ dueAt, startedAt, finishedAt, outcome, summary, attempts, runBy }) => [
    time(dueAt),
    ended(outcome, summary, finishedAt === null ? null : age(Date.parse(finishedAt) - Date.parse(startedAt))),
    `${runBy}${attempts > 1 ? `, begun ${attempts} times` : ''}`,
  ]);
  return table(`Runs of ${name}`, ['Due', 'Outcome', 'By'], rows);
}

function ended(outcome: ScheduleRun['outcome'], summary: string | null, when: string | null): HTMLElement {
  const isBad = outcome === 'FAILED' || outcome === 'ABANDONED';
  const text = [outcome.toLowerCase(), when === null ? '' : ` (${when})`, summary === null ? '' : `: ${summary}`].join(
    '',
  );
  return element('span', isBad ? { class: 'bad' } : {}, text);
}
