import { type Ingestion, type Ingestions, ProblemError, read, send } from './api.ts';
import { element, facts, replaceKeepingFocus, say, sayError } from './dom.ts';
import { droppedFiles } from './dropped-files.ts';
import { freshnessLine } from './freshness.ts';
import type { View } from './view.ts';
import { waitFor } from './wait-for.ts';
import { counted, time } from './words.ts';

/** Milliseconds between two checks while something isn't finished. */
const lookEveryMs = 2_000;
/** Files that are sent at a time. */
const sentAtOnce = 3;
/** Files up to this many bytes are hashed before they are sent: the browser needs all of one in memory for it. */
const mostHashed = 64 * 1024 * 1024;
/** Latest ingestions that are shown, and watched. */
const shown = 50;

/** Files: drop them, and watch them become atoms. */
export async function showIngestions(view: View): Promise<void> {
  const { main, signal, identity } = view;
  const list = element('ul', { class: 'cards' });
  const refused = element('ul', { class: 'bad' });
  // A sender may not see what the queues do.
  const fresh = identity.role === 'sender' ? [] : [freshnessLine(signal)];
  const parts: HTMLElement[] = [
    element('h1', {}, 'Ingest'),
    refused,
    ...fresh,
    element('h2', {}, 'Latest files'),
    list,
  ];
  const refresh = async () => {
    const { items } = await read<Ingestions>(`v1/ingestions?limit=${shown}`, signal);
    replaceKeepingFocus(list, ...items.map(card));
    return items.some(({ isFinal }) => !isFinal);
  };
  if (identity.role === 'viewer') {
    parts.splice(1, 0, element('p', {}, 'The role viewer may not send files in: it takes sender or operator.'));
  } else {
    parts.splice(
      1,
      0,
      dropZone(view, refused, () => void refresh().catch(sayError)),
    );
  }
  main.replaceChildren(...parts);
  if (!(await refresh()) && list.children.length === 0) say('No files yet.');
  const timer = setInterval(() => {
    if (!document.hidden) void refresh().catch((error: unknown) => signal.aborted || sayError(error));
  }, lookEveryMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function dropZone({ signal }: View, refused: HTMLElement, onSent: () => void): HTMLElement {
  const sendAll = async (files: readonly File[]) => {
    const waiting = [...files];
    let sent = 0;
    const sender = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        try {
          await sendFile(file, signal);
          sent += 1;
          onSent();
        } catch (error) {
          if (signal.aborted) return;
          refused.append(element('li', {}, `${file.name}: ${error instanceof Error ? error.message : String(error)}`));
        }
        say(`${sent} of ${counted(files.length, 'file')} sent.`);
      }
    };
    say(`Sending ${counted(files.length, 'file')}...`);
    await Promise.all(Array.from({ length: sentAtOnce }, sender));
  };
  const input = (label: string, attributes: Readonly<Record<string, string>>) => {
    const made = element('input', { type: 'file', multiple: '', ...attributes });
    made.addEventListener('change', () => {
      void sendAll([...(made.files ?? [])]).catch(sayError);
      made.value = '';
    });
    return element('label', {}, label, made);
  };
  const zone = element(
    'div',
    { class: 'drop' },
    element('p', {}, 'Drop files or folders here, or choose them.'),
    element(
      'div',
      { class: 'fields' },
      input('Files', { name: 'files' }),
      input('Folder', { name: 'folder', webkitdirectory: '' }),
    ),
  );
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    void droppedFiles(event.dataTransfer).then(sendAll).catch(sayError);
  });
  return zone;
}

/** Sends a file, retrying while the server is busy; with one key, so that it is ingested once. */
async function sendFile(file: File, signal: AbortSignal): Promise<void> {
  const headers: Record<string, string> = { 'idempotency-key': newKey() };
  // Only pages of a safe origin have it: HTTPS, or this machine.
  if (file.size <= mostHashed && crypto.subtle !== undefined) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    headers['repr-digest'] = `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
  }
  const path = `v1/ingestions?${new URLSearchParams({ fileName: file.name })}`;
  for (;;) {
    try {
      await send(path, signal, { method: 'POST', headers, body: file });
      return;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.retryAfter === undefined) throw error;
      say(`${error.message} Trying again in ${error.retryAfter} s.`);
      await waitFor(error.retryAfter * 1_000, signal);
      if (signal.aborted) return;
    }
  }
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function card(one: Ingestion): HTMLLIElement {
  const { id, state, fileName, documentAtomId, newAtoms, bytes, errorCode, errorText, enqueuedAt, finishedAt, notes } =
    one;
  const document =
    documentAtomId === null
      ? null
      : element('a', { href: `#/atoms/${documentAtomId}`, 'data-focus': id }, documentAtomId);
  return element(
    'li',
    { 'data-file': fileName },
    element('h3', {}, fileName),
    element('p', state === 'DEAD_LETTERED' ? { class: 'bad' } : {}, state.toLowerCase().replaceAll('_', ' ')),
    facts([
      ['Number', id],
      ['Size', bytes === null ? null : `${bytes.toLocaleString()} bytes`],
      ['New atoms', newAtoms === null ? null : newAtoms.toLocaleString()],
      ['Received', time(enqueuedAt)],
      ['Finished', time(finishedAt)],
      ['Document', document],
    ]),
    errorCode === null ? null : element('p', { class: 'bad' }, `${errorCode}: ${errorText ?? ''}`),
    ...notes.map(({ code, count, detail }) => element('p', { class: 'soft' }, `${code} (${count}): ${detail}`)),
  );
}
