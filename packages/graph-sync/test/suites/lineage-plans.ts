import { beforeAll, describe, expect, test } from 'vitest';
import { ancestryStatement } from '../../src/lineage/ancestry.ts';
import { cyclesStatement } from '../../src/lineage/cycles.ts';
import { deletionImpactStatement } from '../../src/lineage/deletion-impact.ts';
import { duplicatesOfStatement, duplicatesStatement } from '../../src/lineage/duplicates.ts';
import { mergeSourcesStatement } from '../../src/lineage/merge-sources.ts';
import { orphanStatements } from '../../src/lineage/orphans.ts';
import { deeperStatement, pathStatement } from '../../src/lineage/path.ts';
import { foreignEdgesStatisticsStatement, statisticsStatement } from '../../src/lineage/statistics.ts';
import { treeStatement } from '../../src/lineage/tree.ts';
import type { Fixture } from '../fixture.ts';
import { planOperators } from '../plan-operators.ts';

/** How the server means to answer; in a graph of a few atoms, which is what misleads the planner, and in a larger one. */
export function lineagePlanTests(start: () => Fixture): void {
  let fixture: Fixture;
  beforeAll(() => {
    fixture = start();
  });

  const walks = {
    ancestors: ancestryStatement('up', 'all', 25),
    descendants: ancestryStatement('down', 'all', 25),
    roots: ancestryStatement('up', 'ends', 25),
    leaves: ancestryStatement('down', 'ends', 25),
    tree: treeStatement('both', 25),
    'deletion impact': deletionImpactStatement(25),
    'what is deeper': deeperStatement('any', 25),
  };
  const ofAnAtom = {
    ...walks,
    path: pathStatement('any', 25),
    'merge sources': mergeSourcesStatement,
    'duplicates of an atom': duplicatesOfStatement,
  };
  const statistics = {
    statistics: statisticsStatement,
    'statistics among foreign edges': foreignEdgesStatisticsStatement,
  };
  const ofATenant = { duplicates: duplicatesStatement, cycles: cyclesStatement, ...orphanStatements, ...statistics };

  // A server plans all of them anew for each size.
  describe.each([1, 3000])('in a graph of %i atoms', (atoms) => {
    beforeAll(async () => {
      await fixture.clear();
      await fixture.query(
        `UNWIND range(1, $atoms) AS id CREATE (a:Atom {id: id, tenantId: 0, contentHash: toString(id)})
         WITH a WHERE a.id > 1
         MATCH (p:Atom {id: a.id / 2, tenantId: 0}) CREATE (a)-[:DERIVED_FROM {id: a.id}]->(p)`,
        { atoms: BigInt(atoms) },
      );
      await fixture.query('CALL db.prepareForReplanning()');
    });

    test.each(Object.entries(ofAnAtom))('%s starts at the one atom', async (_, statement) => {
      const operators = await planOperators(fixture.graph, statement);
      expect(operators.join('\n')).toMatch(/NodeUniqueIndexSeek .*:Atom\(id, tenantId\)/);
      // Looking an atom up by its tenant walks through all of the tenant's atoms: a scan by another name.
      expect(operators.filter((name) => /Scan|:Atom\(tenantId\)/.test(name))).toEqual([]);
    });

    test.each(Object.entries(walks))('%s visits an atom once', async (_, statement) => {
      const operators = await planOperators(fixture.graph, statement);
      const expansions = operators.filter((name) => name.startsWith('VarLengthExpand'));
      expect(expansions.length).toBeGreaterThan(0);
      for (const name of expansions) expect(name).toMatch(/^VarLengthExpand\(Pruning,BFS,\w+\).*tenantId/);
    });

    test.each(Object.entries(ofATenant))('%s reads the one tenant', async (_, statement) => {
      const operators = await planOperators(fixture.graph, statement);
      expect(operators.join('\n')).toMatch(/NodeIndexSeek .*:Atom\(tenantId\)/);
      expect(operators.filter((name) => /Scan/.test(name))).toEqual([]);
    });

    test('a path is searched from both ends, and never listed', async () => {
      const operators = await planOperators(fixture.graph, pathStatement('any', 25));
      const search = operators.filter((name) => /ShortestPath|VarLength/.test(name));
      expect(search).toEqual([expect.stringMatching(/^ShortestPath .*tenantId/)]);
    });
  });
}
