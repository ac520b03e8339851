import { post, type Schedules } from './api.ts';
import { choice, element, field, say, sayError } from './dom.ts';
import { time } from './words.ts';

/** A form for a new schedule. `onAdded` is called once it exists. */
export function newScheduleForm(
  kinds: Schedules['kinds'],
  onAdded: () => Promise<void>,
  signal: AbortSignal,
): HTMLFormElement {
  const name = element('input', { name: 'name', required: '', maxlength: '64', pattern: '\\S+' });
  const kind = choice(
    'kind',
    kinds.map(({ kind: value, does }) => [value, does]),
    kinds[0]?.kind ?? '',
  );
  const cron = element('input', { name: 'cron', required: '', maxlength: '128', placeholder: '30 2 * * *' });
  const { timeZone: here } = new Intl.DateTimeFormat().resolvedOptions();
  const timeZone = element('input', { name: 'timeZone', required: '', maxlength: '64', value: here });
  const parameters = element('input', { name: 'parameters', placeholder: '{"repair": true}' });
  const form = element(
    'form',
    { 'aria-label': 'Add a schedule' },
    field('Name', name),
    field('What it does', kind),
    field('When (minute hour day month weekday)', cron),
    field('Time zone', timeZone),
    field('Parameters as JSON (empty: none)', parameters),
    element('button', { type: 'submit' }, 'Add'),
  );
  const submit = async () => {
    const asked = {
      ...{ name: name.value, kind: kind.value, cron: cron.value, timeZone: timeZone.value },
      ...(parameters.value.trim() === '' ? {} : { parameters: parsed(parameters.value) }),
    };
    const { dueAt } = await post<{ readonly dueAt: string | null }>('v1/schedules', asked, signal);
    say(dueAt === null ? `${name.value} is added, and disabled.` : `${name.value} is added; due: ${time(dueAt)}.`);
    form.reset();
    await onAdded();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit().catch(sayError);
  });
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('Parameters must be JSON, for example {"repair": true}.');
  }
}
