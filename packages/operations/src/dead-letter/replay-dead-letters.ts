import { type BrokerClient, DeadLetterTable, type StoredDeadLetter } from '@hartonomous/broker-client';
import { deadLetterClaimProcedure } from '@hartonomous/provenance-schema';
import type { DeadLetterQueue, ReplayPlan } from './dead-letter-queue.ts';

/** Letters that are looked at together; with more, one page of large bodies needs much memory. */
const pageSize = 500;

/** Which letters, and how. */
export interface ReplayDeadLettersOptions {
  readonly queue: DeadLetterQueue;
  /** Letters by their ids; `undefined`: all PENDING ones. */
  readonly ids: readonly bigint[] | undefined;
  /** Without `ids`: only letters with this reason code. */
  readonly reason?: string | undefined;
  /** Send bodies as they are, whatever is known of them. @default false */
  readonly sendBody?: boolean;
  /** Only plan. @default false */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

/** The outcome of one letter. */
export type LetterReplay =
  | { readonly outcome: 'replayed' | 'planned'; readonly id: bigint; readonly plan: ReplayPlan }
  | { readonly outcome: 'skipped'; readonly id: bigint; readonly reason: string; readonly plan?: ReplayPlan }
  | {
      readonly outcome: 'failed';
      readonly id: bigint;
      readonly plan: ReplayPlan;
      readonly error: { readonly code: string; readonly message: string };
    };

/**
 * Puts dead letters back into their queue, page by page. A letter that can't be replayed is an outcome, and the others go on.
 *
 * @throws BrokerError when the letters can't be read; the signal's reason
 */
export async function* replayDeadLetters(
  client: BrokerClient,
  options: ReplayDeadLettersOptions,
): AsyncGenerator<LetterReplay> {
  const { queue, sendBody = false, dryRun = false, signal } = options;
  const letters = new DeadLetterTable(client, { ...queue, claimProcedure: deadLetterClaimProcedure });
  for await (const page of pagesOf(letters, options)) {
    const plans = new Map<bigint, ReplayPlan>();
    for (const { id, letter } of page) {
      const refusal = refusalOf(letter);
      if (letter === undefined || refusal !== undefined) {
        yield { outcome: 'skipped', id, reason: refusal ?? '' };
        continue;
      }
      const plan = await queue.plan(client, letter, sendBody, { signal });
      if (plan.action === 'none') yield { outcome: 'skipped', id, reason: plan.reason, plan };
      else if (dryRun) yield { outcome: 'planned', id, plan };
      else plans.set(id, plan);
    }
    const replayer = queue.replayer(client, plans, { signal });
    for (const [id, plan] of plans) {
      for (const result of await letters.replay([id], replayer, { signal })) {
        if (result.outcome === 'replayed') yield { outcome: 'replayed', id, plan };
        else if (result.outcome === 'skipped')
          yield { outcome: 'skipped', id, reason: 'somebody else has just changed it', plan };
        else yield { outcome: 'failed', id, plan, error: { code: result.error.code, message: result.error.message } };
      }
    }
  }
}

function refusalOf(letter: StoredDeadLetter | undefined): string | undefined {
  if (letter === undefined) return 'there is no such dead letter';
  return letter.replayState === 'PENDING' ? undefined : `it is ${letter.replayState} already`;
}

async function* pagesOf(
  letters: DeadLetterTable,
  { ids, reason, signal }: ReplayDeadLettersOptions,
): AsyncGenerator<readonly { readonly id: bigint; readonly letter: StoredDeadLetter | undefined }[]> {
  if (ids !== undefined) {
    for (const id of new Set(ids)) yield [{ id, letter: await letters.show(id, { signal }) }];
    return;
  }
  const filter = { state: 'PENDING', ...(reason === undefined ? {} : { reasonCode: reason }) } as const;
  let afterId = 0n;
  for (;;) {
    const page = await letters.list({ ...filter, afterId, limit: pageSize, signal });
    yield page.map((letter) => ({ id: letter.id, letter }));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    afterId = last.id;
  }
}
