import { backfillEmbeddings } from '../../embeddings/backfill.ts';
import { type DatabaseModel, listModels, requireModel } from '../../embeddings/models.ts';
import type { ScheduleResult } from '../schedule-lease.ts';
import type { ScheduleParameters } from '../schedule-parameters.ts';
import { done, type ScheduleWork } from './schedule-work.ts';

/** Makes jobs for atoms that have no embedding of a model and no job for one. */
export async function backfill({
  client,
  parameters,
  signal,
}: ScheduleWork<ScheduleParameters<'BACKFILL'>>): Promise<ScheduleResult> {
  const models =
    parameters.model === undefined
      ? (await listModels(client, signal)).filter(({ state }) => state === 'ENABLED')
      : [await requireModel(client, parameters.model, signal)];
  if (models.length === 0) return { outcome: 'SKIPPED', changes: 0, summary: 'No model of embeddings is enabled.' };
  const parts: string[] = [];
  let sum = 0;
  for (const model of models) {
    const jobs = await jobsFor(model);
    sum += jobs;
    parts.push(`${jobs} for ${model.key}`);
  }
  return done(sum, `Jobs made: ${parts.join(', ')}.`);

  async function jobsFor(model: DatabaseModel): Promise<number> {
    let jobs = 0;
    for await (const state of backfillEmbeddings(client, model, false, signal)) ({ jobs } = state);
    return jobs;
  }
}
