import type { GraphConnection } from '../src/index.ts';

interface PlanPart {
  readonly operatorType: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly children: readonly PlanPart[];
}

/** Names and details of what the server would do for a statement, without doing it. */
export async function planOperators(
  { driver, database }: GraphConnection,
  statement: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  await using session = driver.session({ database });
  const { summary } = await session.run(`EXPLAIN ${statement}`, {
    ...{ tenantId: 0n, atomId: 1n, toAtomId: 2n, depth: 25n, limit: 101n, after: null },
    ...{ afterDepth: 0n, afterId: null, afterEdge: null, maxAtoms: 1000n, maxEdges: 1000n, ids: 10n, most: 1000n },
    ...parameters,
  });
  return listed(summary.plan);
}

function listed(plan: PlanPart | false): string[] {
  if (plan === false) return [];
  // The database is part of each name: NodeIndexSeek@neo4j.
  const name = plan.operatorType.replace(/@.*$/, '');
  return [`${name} ${plan.arguments.Details ?? ''}`, ...plan.children.flatMap(listed)];
}
