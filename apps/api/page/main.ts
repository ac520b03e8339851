import { type Identity, key, ProblemError, read } from './api.ts';
import { showAtom } from './atom.ts';
import { showAtoms } from './atoms.ts';
import { showDeadLetters } from './dead-letters.ts';
import { element, say, sayError } from './dom.ts';
import { showIngestions } from './ingestions.ts';
import { showQueues } from './queues.ts';
import type { View } from './view.ts';

const main = document.getElementById('content') ?? document.body;
const signOut = document.getElementById('sign-out');
const who = document.getElementById('who');
let shown = new AbortController();
let identity: Identity | undefined;

const views: Readonly<Record<string, { readonly title: string; readonly show: (view: View) => Promise<void> }>> = {
  '/': { title: 'Overview', show: showQueues },
  '/atoms': { title: 'Atoms', show: showAtoms },
  '/dead-letters': { title: 'Dead letters', show: showDeadLetters },
  '/ingest': { title: 'Ingest', show: showIngestions },
};

async function route(): Promise<void> {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  say('');
  const [path = '/', query = ''] = (location.hash.replace(/^#/, '') || '/').split('?');
  for (const link of document.querySelectorAll('nav a')) {
    const isCurrent = link.getAttribute('href') === `#/${path.split('/')[1] ?? ''}`;
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  signOut?.toggleAttribute('hidden', key.get() === null);
  if (key.get() === null) {
    askForKey();
    return;
  }
  const atom = /^\/atoms\/(?<id>-?\d+)$/.exec(path)?.groups?.id;
  try {
    identity ??= await read<Identity>('v1/identity', signal);
    who?.replaceChildren(`${identity.role} of tenant ${identity.tenantId}`);
    const view = { main, query: new URLSearchParams(query), identity, signal };
    const chosen = views[path];
    document.title = `${chosen?.title ?? 'Hartonomous'} · Hartonomous`;
    if (atom !== undefined) await showAtom(view, atom);
    else if (chosen !== undefined) await chosen.show(view);
    else main.replaceChildren(element('h1', {}, 'Nothing here'), element('p', {}, `There is no page ${path}.`));
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ProblemError && error.status === 401) {
      key.forget();
      identity = undefined;
      askForKey();
    } else {
      const text = error instanceof Error ? error.message : String(error);
      if (main.querySelector('h1') === null || isOfAnother(path)) main.replaceChildren(element('h1', {}, 'Not shown'));
      main.append(element('p', { class: 'bad', role: 'alert' }, text));
    }
    sayError(error);
  }
}

/** Whether what is on the page is still another view's. */
function isOfAnother(path: string): boolean {
  const title = views[path]?.title;
  return title === undefined || main.querySelector('h1')?.textContent !== title;
}

function askForKey(): void {
  who?.replaceChildren();
  signOut?.toggleAttribute('hidden', true);
  const input = element('input', {
    ...{ type: 'password', name: 'key', autocomplete: 'off', required: '', placeholder: 'hk_...' },
  });
  const form = element(
    'form',
    {},
    element('label', {}, 'API key (hartonomous api-key create), or a token of Entra', input),
    element('button', { type: 'submit' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    key.set(input.value.trim());
    void route();
  });
  main.replaceChildren(element('h1', {}, 'Sign in'), form);
  input.focus();
}

signOut?.addEventListener('click', () => {
  key.forget();
  identity = undefined;
  void route();
});
// Its address would be that of a view.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => void route());
void route();
