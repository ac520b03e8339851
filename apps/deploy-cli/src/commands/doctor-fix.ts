import {
  type AppliedFix,
  applyFixes,
  type Diagnosis,
  type FixTargets,
  type PlannedFix,
  planFixes,
} from '@hartonomous/operations';
import { confirm } from '../confirm.ts';
import { counted } from '../counted.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import type { CommandContext } from './command-context.ts';

/** How `doctor --fix` was asked for. */
export interface FixRun {
  readonly context: CommandContext;
  readonly output: Output;
  readonly isDryRun: boolean;
  /** Nobody is asked. */
  readonly isAnswered: boolean;
  /** Undefined where the settings don't say where the servers are. */
  readonly targets: FixTargets | undefined;
}

/**
 * Says what can be fixed safely, asks, and does it.
 *
 * @returns what was done; undefined where nothing was, and the first diagnosis stands
 */
export async function fixFindings(
  { subjects }: Diagnosis,
  { context, output, isDryRun, isAnswered, targets }: FixRun,
): Promise<readonly AppliedFix[] | undefined> {
  const findings = subjects.flatMap((subject) => subject.findings);
  const planned = targets === undefined ? [] : planFixes(findings);
  output.line();
  if (planned.length === 0) {
    output.line('Nothing can be fixed safely; the problems above need a person.');
    return undefined;
  }
  output.line(`${counted(planned.length, 'safe fix').replace('fixs', 'fixes')}:`);
  for (const { text, findings: ids } of planned) {
    output.line(`  ${text}`);
    output.detail(`for ${ids.join(', ')}`);
  }
  if (isDryRun) {
    output.line('Nothing was changed.');
    context.finish(exitCodeOfDryRun({ changes: true }));
    return undefined;
  }
  if (targets === undefined || !(await confirm(context, output, 'Do all of this', isAnswered))) return undefined;
  return await apply(planned, targets, output, context.signal);
}

async function apply(
  planned: readonly PlannedFix[],
  targets: FixTargets,
  output: Output,
  signal: AbortSignal,
): Promise<readonly AppliedFix[]> {
  const applied: AppliedFix[] = [];
  for await (const fix of applyFixes(planned, targets, signal)) {
    applied.push(fix);
    if (fix.failure === null) output.line(`✓ done: ${fix.text}`);
    else {
      output.line(`✗ failed: ${fix.text}`);
      output.detail(`${fix.failure.code}: ${fix.failure.message}`);
    }
  }
  output.line();
  return applied;
}
