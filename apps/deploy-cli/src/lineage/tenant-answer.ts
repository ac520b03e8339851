import type { InferenceExplanation, LineageReader, OrphanKind } from '@hartonomous/graph-sync';
import { type Answer, atomTable, ending, type TenantQuestion } from './answer.ts';
import { describeAtom } from './drawing.ts';
import { printable } from './printable.ts';
import { textTable } from './text-table.ts';

/** Figures about a tenant. */
export async function answerStatistics(reader: LineageReader, question: TenantQuestion): Promise<Answer> {
  const { tenantId, signal } = question;
  const figures = await reader.statistics({ tenantId, signal });
  const { edges, oldest, newest, ...counts } = figures;
  const rows = [
    ...Object.entries(counts).map(([name, count]) => [name, String(count)]),
    ...Object.entries(edges).map(([type, count]) => [`edges ${type}`, String(count)]),
    ...[['oldest', oldest?.toISOString() ?? '-'] as const, ['newest', newest?.toISOString() ?? '-'] as const],
  ];
  return { document: figures, lines: textTable([`tenant ${tenantId}`, ''], rows) };
}

/** Groups of atoms with the same content. */
export async function answerDuplicates(reader: LineageReader, question: TenantQuestion): Promise<Answer> {
  const page = await reader.duplicates(question);
  const rows = page.items.map(({ contentHash, count, atomIds }) => [
    ...[`${contentHash.slice(0, 16)}${contentHash.length > 16 ? '…' : ''}`, String(count)],
    `${atomIds.join(', ')}${count > atomIds.length ? ', …' : ''}`,
  ]);
  const lines = rows.length === 0 ? [] : textTable(['hash', 'atoms', 'ids'], rows);
  return { document: page, lines: [...lines, ...ending(page, 'groups of equal content')] };
}

/** Cycles; there should be none. */
export async function answerCycles(reader: LineageReader, question: TenantQuestion): Promise<Answer> {
  const page = await reader.cycles(question);
  const lines = page.items.map(({ atomIds }) => [...atomIds, atomIds[0]].join(' → '));
  const rest = page.next === null ? '' : ` More edges are to be checked: --after ${page.next}`;
  return {
    document: page,
    lines: [...lines, `${page.items.length} cycles; ${page.edgesChecked} suspicious edges checked.${rest}`],
    isFine: page.items.length === 0,
  };
}

/** Atoms of which the graph doesn't know enough. */
export async function answerOrphans(
  reader: LineageReader,
  kind: OrphanKind,
  question: TenantQuestion,
): Promise<Answer> {
  const page = await reader.orphans({ ...question, kind });
  const what = kind === 'unlinked' ? 'atoms without any lineage' : 'placeholders';
  return { document: page, lines: [...atomTable(page.items), ...ending(page, what)] };
}

/** How an inference came about. */
export async function answerInference(
  reader: LineageReader,
  inferenceId: bigint,
  { tenantId, signal }: TenantQuestion,
): Promise<Answer> {
  const explanation = await reader.explainInference({ tenantId, inferenceId, signal });
  return { document: explanation, lines: inferenceLines(explanation) };
}

function inferenceLines(explanation: InferenceExplanation): string[] {
  const { inferenceId, taskType, timestamp, durationMs, model, performedBy, decisions, streams } = explanation;
  const row = (name: string, text: string | null) => (text === null || text === '' ? [] : [`  ${name}: ${text}`]);
  const who = performedBy === null ? null : printable(performedBy.userName ?? String(performedBy.userId));
  const version = model === null ? null : `${model.name ?? `model ${model.modelId ?? '?'}`} ${model.version ?? '?'}`;
  return [
    `Inference ${inferenceId}: ${explanation.isPlaceholder ? '(not synced yet, or deleted)' : printable(taskType ?? '-')}`,
    ...row('when', timestamp === null ? null : timestamp.toISOString()),
    ...row('took', durationMs === null ? null : `${durationMs} ms`),
    ...row('model', version === null ? null : printable(`${version}${model?.provider ? ` (${model.provider})` : ''}`)),
    ...row('reasoning', explanation.reasoningModes.map((mode) => printable(mode)).join(', ')),
    ...row('context', explanation.contexts.map((context) => printable(context)).join(', ')),
    ...row('asked by', who),
    ...explanation.inputs.flatMap((atom) => row('from', describeAtom(atom))),
    ...explanation.outputs.flatMap((atom) => row('made', describeAtom(atom))),
    ...streams.flatMap(({ streamId, streamType, pieceCount, atomId }) =>
      row(
        'stream',
        `${streamId} ${printable(streamType)}, ${pieceCount ?? '?'} pieces${atomId === null ? '' : `, became atom ${atomId}`}`,
      ),
    ),
    ...decisions.flatMap(({ decisionId, outcome, confidence, rationale }) =>
      row(
        'decided',
        `${printable(outcome)} (decision ${decisionId}, confidence ${confidence})${rationale === null ? '' : `: ${printable(rationale, 200)}`}`,
      ),
    ),
    ...(explanation.truncated ? ['  Lists are cut after 100.'] : []),
  ];
}
