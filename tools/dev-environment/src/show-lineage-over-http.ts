import { z } from 'zod';
import { PageCheckError } from './errors.ts';
import type { Report } from './report.ts';
import type { StartedApi } from './start-api.ts';

const descendants = z.object({ total: z.int() });

/** Asks the API about a document, checks that its page is there, and prints where both are. @throws PageCheckError */
export async function showLineageOverHttp(
  { address, key }: Pick<StartedApi, 'address' | 'key'>,
  documentAtomId: string | number | bigint,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(new URL(path, address), { headers: { authorization: `Bearer ${key}` }, signal });
    const text = await response.text();
    if (!response.ok) throw new PageCheckError(path, response.status, text);
    return text;
  };
  const page = await ask('/');
  const script = /src="(?<path>page\/main\.js)"/.exec(page)?.groups?.path;
  if (script === undefined) throw new PageCheckError('/', 200, page);
  await ask(`/${script}`);
  const { total } = descendants.parse(JSON.parse(await ask(`/v1/atoms/${documentAtomId}/descendants?limit=1`)));
  report.success(`${address} answers: document ${documentAtomId} has ${total} atoms under it; the page is there, too`);
  report.detail(`curl -H 'Authorization: Bearer ${key}' '${address}v1/atoms/${documentAtomId}/descendants'`);
}
