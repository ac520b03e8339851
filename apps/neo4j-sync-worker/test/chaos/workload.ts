import { sqlParameter } from '@hartonomous/broker-client';
import { eventually, type SeededRandom } from '@hartonomous/test-support';
import type { ChaosWorld } from './chaos-world.ts';
import { longestWaitMs } from './form.ts';

/** Tenants of the fault tests; rows move between them. */
export const tenants = [1, 2, 3] as const;

/** What one transaction changes; each change has its message. Ids that are not there (any more) are passed over. */
export interface Changes {
  readonly create?: readonly { readonly tenant: number; readonly text: string }[];
  readonly update?: readonly { readonly id: number; readonly text: string }[];
  /** With the edges at them. */
  readonly remove?: readonly number[];
  /** Atoms of an id that had been removed. */
  readonly revive?: readonly { readonly id: number; readonly tenant: number; readonly text: string }[];
  /** To another tenant; atoms with edges stay, because edges don't leave their tenant. */
  readonly move?: readonly { readonly id: number; readonly tenant: number }[];
  readonly link?: readonly { readonly child: number; readonly parent: number; readonly type: string }[];
  readonly relink?: readonly { readonly id: number; readonly type: string }[];
  readonly unlink?: readonly number[];
}

const into = 'INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])';
const atomIs = (action: string, row: 'inserted' | 'deleted' = 'inserted') =>
  `OUTPUT N'Atom', ${row}.[AtomId], N'${action}', ${row}.[TenantId] ${into}`;
const edgeIs = (action: string, row: 'inserted' | 'deleted' = 'inserted') =>
  `OUTPUT N'AtomProvenance', ${row}.[AtomProvenanceId], N'${action}', ${row}.[TenantId] ${into}`;

/**
 * Rows, messages and the entry in the ledger in one transaction: whatever is killed, the ledger knows how many messages
 * there are, which is what the checker counts against.
 */
const transaction = `
SET NOCOUNT ON;
SET XACT_ABORT ON;
-- It outlives an error, and another transaction's error may have been on this connection.
SET IDENTITY_INSERT dbo.Atom OFF;
BEGIN TRANSACTION;
DECLARE @Requests dbo.Neo4jSyncRequestList;

DELETE p ${edgeIs('DELETE', 'deleted')}
FROM dbo.AtomProvenance AS p
WHERE p.AtomProvenanceId IN (SELECT j.[Id] FROM OPENJSON(@unlink) WITH ([Id] bigint '$') AS j)
   OR p.ChildAtomId IN (SELECT j.[Id] FROM OPENJSON(@remove) WITH ([Id] bigint '$') AS j)
   OR p.ParentAtomId IN (SELECT j.[Id] FROM OPENJSON(@remove) WITH ([Id] bigint '$') AS j);

DELETE a ${atomIs('DELETE', 'deleted')}
FROM dbo.Atom AS a
WHERE a.AtomId IN (SELECT j.[Id] FROM OPENJSON(@remove) WITH ([Id] bigint '$') AS j);

INSERT INTO dbo.Atom (TenantId, ContentType, ContentHash, CanonicalText) ${atomIs('CREATE')}
SELECT j.[tenant], N'text/plain', HASHBYTES('SHA2_256', j.[text]), j.[text]
FROM OPENJSON(@create) WITH ([tenant] int, [text] nvarchar(200)) AS j;

IF @revive <> N'[]'
BEGIN
  SET IDENTITY_INSERT dbo.Atom ON;
  INSERT INTO dbo.Atom (AtomId, TenantId, ContentType, CanonicalText) ${atomIs('CREATE')}
  SELECT j.[id], j.[tenant], N'text/revived', j.[text]
  FROM OPENJSON(@revive) WITH ([id] bigint, [tenant] int, [text] nvarchar(200)) AS j
  WHERE NOT EXISTS (SELECT 1 FROM dbo.Atom AS a WHERE a.AtomId = j.[id]);
  SET IDENTITY_INSERT dbo.Atom OFF;
END;

UPDATE a SET
  a.CanonicalText = j.[text],
  a.Metadata = CONCAT(N'{"length":', LEN(j.[text]), N'}'),
  a.Classification = CASE LEN(j.[text]) % 3 WHEN 0 THEN NULL WHEN 1 THEN N'public' ELSE N'restricted' END
${atomIs('UPDATE')}
FROM dbo.Atom AS a
INNER JOIN OPENJSON(@update) WITH ([id] bigint, [text] nvarchar(200)) AS j ON j.[id] = a.AtomId;

UPDATE a SET a.TenantId = j.[tenant] ${atomIs('UPDATE')}
FROM dbo.Atom AS a
INNER JOIN OPENJSON(@move) WITH ([id] bigint, [tenant] int) AS j ON j.[id] = a.AtomId
WHERE NOT EXISTS (SELECT 1 FROM dbo.AtomProvenance AS p WHERE p.ChildAtomId = a.AtomId OR p.ParentAtomId = a.AtomId);

INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, RelationType) ${edgeIs('CREATE')}
SELECT c.TenantId, c.AtomId, p.AtomId, j.[type]
FROM OPENJSON(@link) WITH ([child] bigint, [parent] bigint, [type] nvarchar(32)) AS j
INNER JOIN dbo.Atom AS c ON c.AtomId = j.[child]
INNER JOIN dbo.Atom AS p ON p.AtomId = j.[parent] AND p.TenantId = c.TenantId AND p.AtomId <> c.AtomId;

UPDATE p SET p.RelationType = j.[type] ${edgeIs('UPDATE')}
FROM dbo.AtomProvenance AS p
INNER JOIN OPENJSON(@relink) WITH ([id] bigint, [type] nvarchar(32)) AS j ON j.[id] = p.AtomProvenanceId;

EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
INSERT INTO dbo.ChaosLedger (Messages) SELECT COUNT(*) FROM @Requests;
COMMIT TRANSACTION;`;

/** Does the changes and enqueues their messages, once, all or none. */
export async function change(world: ChaosWorld, changes: Changes): Promise<void> {
  const {
    create = [],
    update = [],
    remove = [],
    revive = [],
    move = [],
    link = [],
    relink = [],
    unlink = [],
  } = changes;
  const parameters = Object.entries({ create, update, remove, revive, move, link, relink, unlink }).map(
    ([name, items]) => [name, sqlParameter.nvarchar(JSON.stringify(items))] as const,
  );
  await world.client.run(transaction, Object.fromEntries(parameters));
}

/**
 * Changes like {@link change}, repeated until they succeed: a deadlock, a row that another writer has taken
 * away, a server that is down. A commit whose answer was lost may be repeated; the ledger counts both.
 *
 * @throws the last error after two minutes
 */
export async function changeInTheEnd(world: ChaosWorld, changes: Changes): Promise<void> {
  await eventually(() => change(world, changes), { timeoutMs: longestWaitMs, intervalMs: 50 });
}

const relationTypes = ['DERIVED_FROM', 'MERGED_FROM'] as const;

/** Which rows changes are made to. */
export interface IdRanges {
  readonly firstAtom: number;
  readonly lastAtom: number;
  readonly firstEdge: number;
  readonly lastEdge: number;
}

/** Changes of every kind, of about `size` rows. */
export function randomChanges(
  random: SeededRandom,
  size: number,
  { firstAtom, lastAtom, firstEdge, lastEdge }: IdRanges,
): Changes {
  const lists = {
    create: [] as { tenant: number; text: string }[],
    update: new Map<number, string>(),
    remove: new Set<number>(),
    revive: new Map<number, { tenant: number; text: string }>(),
    move: new Map<number, number>(),
    link: [] as { child: number; parent: number; type: string }[],
    relink: new Map<number, string>(),
    unlink: new Set<number>(),
  };
  const atomId = () => random.between(firstAtom, lastAtom);
  const edgeId = () => random.between(firstEdge, lastEdge);
  const tenant = () => tenants[random.between(0, tenants.length - 1)] ?? tenants[0];
  const type = () => relationTypes[random.between(0, 1)] ?? relationTypes[0];
  const text = () => `text ${Math.floor(random.next() * 1e9)}`;
  for (let n = 0; n < size; n += 1) {
    const kind = random.next();
    if (kind < 0.4) lists.create.push({ tenant: tenant(), text: text() });
    else if (kind < 0.6) lists.update.set(atomId(), text());
    else if (kind < 0.78) lists.link.push({ child: atomId(), parent: atomId(), type: type() });
    else if (kind < 0.84) lists.relink.set(edgeId(), type());
    else if (kind < 0.88) lists.unlink.add(edgeId());
    else if (kind < 0.92) lists.remove.add(atomId());
    else if (kind < 0.96) lists.revive.set(atomId(), { tenant: tenant(), text: text() });
    else lists.move.set(atomId(), tenant());
  }
  return {
    create: lists.create,
    update: [...lists.update].map(([id, value]) => ({ id, text: value })),
    remove: [...lists.remove],
    revive: [...lists.revive].map(([id, row]) => ({ id, ...row })),
    move: [...lists.move].map(([id, to]) => ({ id, tenant: to })),
    link: lists.link,
    relink: [...lists.relink].map(([id, to]) => ({ id, type: to })),
    unlink: [...lists.unlink],
  };
}
