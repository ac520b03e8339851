import { type Releases, read } from './api.ts';
import { element } from './dom.ts';
import { time } from './words.ts';

/** What was last released; for operators of the installation. */
export async function releasesSection(signal: AbortSignal): Promise<HTMLElement> {
  const { items } = await read<Releases>('v1/releases', signal);
  const lines = items.map(({ displayName, releases, journal: [last], pending, problem }) => {
    const current = releases.find(({ isCurrent }) => isCurrent)?.name ?? 'no release on this machine';
    const done =
      last === undefined
        ? ''
        : ` Last: ${last.action} of ${last.release} by ${last.who}, ${last.result}, ${time(last.at)}.`;
    const bad =
      problem?.message ??
      (pending === null ? null : `A switch to ${pending.to} was cut off: hartonomous release rollback.`);
    return element(
      'li',
      {},
      `${displayName}: ${current}.${done}`,
      bad === null ? null : element('p', { class: 'bad' }, bad),
    );
  });
  return element('section', {}, element('h2', {}, 'Releases'), element('ul', {}, ...lines));
}
