import { KeyRefusedError, key } from './api.ts';
import { showAtom } from './atom.ts';
import { element, say, sayError } from './dom.ts';
import { showIngestions } from './ingestions.ts';
import { showQueues } from './queues.ts';
import { showSearch } from './search.ts';

const main = document.getElementById('content') ?? document.body;
const signOut = document.getElementById('sign-out');
let shown = new AbortController();

async function route(): Promise<void> {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  say('');
  signOut?.toggleAttribute('hidden', key.get() === null);
  const [path = '', query = ''] = location.hash.replace(/^#/, '').split('?');
  for (const link of document.querySelectorAll('nav a')) {
    const isCurrent = link.getAttribute('href') === `#${path}`;
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (key.get() === null) {
    askForKey();
    return;
  }
  const view = { main, query: new URLSearchParams(query), signal };
  const atom = /^\/atoms\/(?<id>-?\d+)$/.exec(path)?.groups?.id;
  try {
    if (atom !== undefined) await showAtom(view, atom);
    else if (path === '/queues') await showQueues(view);
    else if (path === '/ingestions') await showIngestions(view);
    else await showSearch(view);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof KeyRefusedError) {
      key.forget();
      askForKey();
    }
    sayError(error);
  }
}

function askForKey(): void {
  const input = element('input', {
    type: 'password',
    name: 'key',
    autocomplete: 'off',
    required: '',
    placeholder: 'hk_...',
  });
  const form = element(
    'form',
    {},
    element('label', {}, 'API key (hartonomous api-key create)', input),
    element('button', { type: 'submit' }, 'Go on'),
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
  void route();
});
addEventListener('hashchange', () => void route());
void route();
