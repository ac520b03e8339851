import { type Entity, type Found, type Ingestions, read } from './api.ts';
import { element, facts, sayError, table } from './dom.ts';
import { freshnessLine } from './freshness.ts';
import { lineageSection } from './lineage/lineage-section.ts';
import type { View } from './view.ts';
import { time } from './words.ts';

interface History {
  readonly items: readonly {
    readonly loggedAt: string;
    readonly outcome: string;
    readonly syncType: string | null;
    readonly messages: number;
    readonly detail: string | null;
  }[];
}

/** An atom: what it is, its lineage, what is similar, and its history. */
export async function showAtom(view: View, id: string): Promise<void> {
  const { main, signal } = view;
  const entity = await read<Entity>(`v1/entities/Atom/${id}?limit=1`, signal);
  const { canonicalText, ...properties } = entity.properties;
  document.title = `Atom ${id} · Hartonomous`;
  const near = element('div', {}, 'Looking...');
  const history = element('div', {}, 'Looking...');
  main.replaceChildren(
    element('h1', {}, `Atom ${id}`),
    freshnessLine(signal),
    ...(entity.isPlaceholder
      ? [element('p', { class: 'bad' }, 'A placeholder: its own row was not synced yet, or is gone.')]
      : []),
    content(String(properties.contentType ?? ''), typeof canonicalText === 'string' ? canonicalText : null),
    facts(shownProperties(properties)),
    lineageSection(view, entity),
    ...(properties.atomType === 'document' ? [ingestionOf(id, signal)] : []),
    element('h2', {}, 'Similar'),
    near,
    element('h2', {}, 'History'),
    history,
    element('h2', {}, 'To copy'),
    element('pre', { tabindex: '0' }, statements(id, view.identity.tenantId)),
  );
  const fill = async (where: HTMLElement, what: () => Promise<Node>) => {
    try {
      where.replaceChildren(await what());
    } catch (error) {
      if (!signal.aborted) where.replaceChildren(error instanceof Error ? error.message : String(error));
    }
  };
  await Promise.all([
    fill(near, async () => similar(await read<Found>(`v1/atoms/${id}/similar?limit=10`, signal))),
    fill(history, async () => historyTable(await read<History>(`v1/atoms/${id}/history?limit=20`, signal))),
  ]).catch(sayError);
}

/** The files that became a document, with what was noted when they were read. */
function ingestionOf(id: string, signal: AbortSignal): HTMLElement {
  const list = element('ul', {}, element('li', {}, 'Looking...'));
  void read<Ingestions>(`v1/ingestions?${new URLSearchParams({ document: id, limit: '5' })}`, signal).then(
    ({ items }) => {
      const lines = items.map(({ fileName, state, finishedAt, notes }) =>
        element(
          'li',
          {},
          [`${fileName}: ${state.toLowerCase()}`, time(finishedAt)].filter((part) => part !== null).join(', '),
          ...notes.map(({ code, count, detail }) => element('p', { class: 'soft' }, `${code} (${count}): ${detail}`)),
        ),
      );
      const none = element('li', {}, 'No ingestion is kept of it: they are purged some time after their end.');
      list.replaceChildren(...(lines.length === 0 ? [none] : lines));
    },
    (error: unknown) => {
      if (!signal.aborted)
        list.replaceChildren(element('li', {}, error instanceof Error ? error.message : String(error)));
    },
  );
  return element('section', { 'aria-label': 'Ingestion' }, element('h2', {}, 'Ingestion'), list);
}

/** JSON is laid out; everything else is shown as it is. */
function content(contentType: string, text: string | null): HTMLElement {
  if (text === null) return element('p', { class: 'soft' }, 'No text.');
  if (!/\bjson\b/.test(contentType)) return element('blockquote', {}, text);
  try {
    return element('pre', { tabindex: '0' }, JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    // A piece of a JSON file may be no JSON by itself.
    return element('pre', { tabindex: '0' }, text);
  }
}

function shownProperties(properties: Readonly<Record<string, unknown>>): (readonly [string, string | null])[] {
  return Object.entries(properties).map(([name, value]) => {
    if (value === null) return [name, null];
    if (Array.isArray(value)) return [name, `${value.length} numbers`];
    return [name, name.endsWith('At') ? time(String(value)) : String(value)];
  });
}

function similar({ items }: Found): HTMLElement {
  if (items.length === 0) return element('p', {}, 'None.');
  return element(
    'ol',
    {},
    ...items.map(({ id, atomType, text, score }) => {
      const link = element('a', { href: `#/atoms/${id}` }, `${atomType ?? 'atom'} ${id}`);
      return element('li', {}, link, ` ${score.toFixed(3)} ${text?.slice(0, 80) ?? ''}`);
    }),
  );
}

function historyTable({ items }: History): HTMLElement {
  if (items.length === 0) return element('p', {}, 'The log has nothing about it (it is kept for some days).');
  const rows = items.map(({ loggedAt, outcome, syncType, messages, detail }) => [
    ...[time(loggedAt), outcome, syncType, String(messages), detail],
  ]);
  return table('History in the graph', ['Time', 'Outcome', 'Change', 'Messages', 'Detail'], rows);
}

function statements(id: string, tenantId: number): string {
  return [
    `MATCH path = (a:Atom {id: ${id}, tenantId: ${tenantId}})-[:DERIVED_FROM*]->(b) RETURN b.id, length(path) AS depth;`,
    `SELECT * FROM dbo.Atom WHERE AtomId = ${id} AND TenantId = ${tenantId};`,
    `EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = ${id}, @SyncType = 'UPDATE';`,
  ].join('\n');
}
