import { fullJoinScan } from './full-join.ts';
import { hashScan, keptScan } from './hash-join.ts';
import { type Conjunct, filtered, isSubset, type JoinNode, type Leaf, leavesOf, type Scan } from './join-tree.ts';
import { chooseAccess, nullRow, seekScan, tableScan } from './table-access.ts';

/**
 * Makes the scan of a FROM clause. Conditions go to the first place where everything they read is known, and inner
 * joins are ordered so that the smallest source leads and the next are reached through an index where one fits, through
 * a hash table otherwise.
 *
 * @param conditions the WHERE clause's parts
 */
export function planFrom(root: JoinNode, conditions: readonly Conjunct[]): Scan {
  return plan(root, conditions, new Set());
}

function slotsOf(node: JoinNode): ReadonlySet<number> {
  return new Set(leavesOf(node).map((leaf) => leaf.source.slot));
}

function union(...sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap((set) => [...set]));
}

function plan(node: JoinNode, conditions: readonly Conjunct[], bound: ReadonlySet<number>): Scan {
  switch (node.kind) {
    case 'leaf':
      return planLeaf(node, conditions, bound);
    case 'inner':
      return planInner(node, conditions, bound);
    case 'left':
      return planLeft(node, conditions, bound);
    case 'full':
      return filtered(fullJoinScan(plan(node.left, [], bound), plan(node.right, [], bound), node), conditions);
  }
}

/** Members and conditions of a tree of inner joins; what is not an inner join stays one member. */
function flatten(node: JoinNode): { members: JoinNode[]; conditions: Conjunct[] } {
  if (node.kind !== 'inner') return { members: [node], conditions: [] };
  const left = flatten(node.left);
  const right = flatten(node.right);
  return {
    members: [...left.members, ...right.members],
    conditions: [...left.conditions, ...right.conditions, ...node.on],
  };
}

function planInner(node: JoinNode, outerConditions: readonly Conjunct[], outerBound: ReadonlySet<number>): Scan {
  const flat = flatten(node);
  let waiting = flat.members;
  let conditions: readonly Conjunct[] = [...flat.conditions, ...outerConditions];
  let bound = outerBound;
  const scans: Scan[] = [];
  while (waiting.length > 0) {
    const next = cheapest(waiting, conditions, bound);
    const known = union(bound, slotsOf(next));
    const ready = conditions.filter((condition) => isSubset(condition.slots, known));
    conditions = conditions.filter((condition) => !ready.includes(condition));
    scans.push(plan(next, ready, bound));
    bound = known;
    waiting = waiting.filter((member) => member !== next);
  }
  return chain(scans);
}

/** Runs each scan inside the one before it. */
function chain(scans: readonly Scan[]): Scan {
  const [first, ...rest] = scans;
  if (first === undefined) return (_frame, step) => step();
  if (rest.length === 0) return first;
  const inner = chain(rest);
  return (frame, step) => first(frame, () => inner(frame, step));
}

/** Cost of a member that can't run yet because it reads a sibling that is not bound. */
const notYet = Number.POSITIVE_INFINITY;

/** The member to read next: the one from which the rest costs least, looking ahead as long as that is affordable. */
function cheapest(members: readonly JoinNode[], conditions: readonly Conjunct[], bound: ReadonlySet<number>): JoinNode {
  let best = members[0];
  let bestCost = notYet;
  for (const member of members) {
    const cost =
      members.length <= lookAheadMembers
        ? costFrom(member, members, conditions, bound)
        : costOf(member, conditions, bound);
    // Of equal ways the one that begins with the smaller source, whose order the result then has.
    const smaller = best !== undefined && cost === bestCost && sizeOf(member) < sizeOf(best);
    if (cost < bestCost || smaller) {
      best = member;
      bestCost = cost;
    }
  }
  if (best === undefined) throw new Error('a join has members');
  return best;
}

function sizeOf(member: JoinNode): number {
  return leavesOf(member).reduce((sum, leaf) => sum + leaf.estimate, 0);
}

/** Beyond this many sources trying each of them as the leading one makes compiling slower than it saves at run time. */
const lookAheadMembers = 6;

/** Cost of reading `first` and then, one after the other, what is cheapest of the rest. */
function costFrom(
  first: JoinNode,
  members: readonly JoinNode[],
  conditions: readonly Conjunct[],
  outerBound: ReadonlySet<number>,
): number {
  let total = costOf(first, conditions, outerBound);
  let bound = union(outerBound, slotsOf(first));
  let waiting = members.filter((member) => member !== first);
  while (waiting.length > 0 && total < notYet) {
    const costs = waiting.map((member) => ({ member, cost: costOf(member, conditions, bound) }));
    const next = costs.reduce((least, candidate) => (candidate.cost < least.cost ? candidate : least));
    total += next.cost;
    bound = union(bound, slotsOf(next.member));
    waiting = waiting.filter((member) => member !== next.member);
  }
  return total;
}

function costOf(member: JoinNode, conditions: readonly Conjunct[], bound: ReadonlySet<number>): number {
  const own = slotsOf(member);
  const leaves = leavesOf(member);
  if (leaves.some((leaf) => [...leaf.reads].some((slot) => !own.has(slot) && !bound.has(slot)))) return notYet;
  if (member.kind !== 'leaf') return sizeOf(member);
  const known = union(bound, own);
  const ready = conditions.filter((condition) => isSubset(condition.slots, known) && condition.slots.size > 0);
  const path = chooseAccess(member, ready, bound);
  if (path !== undefined) return path.single ? 1 : path.equal.length > 0 ? 10 : member.estimate / 3;
  if (seekScan(member, ready, bound) !== undefined) return 2;
  // A source connected to what is bound comes before one that would multiply the rows.
  const connected = bound.size === 0 || ready.some((condition) => [...condition.slots].some((slot) => bound.has(slot)));
  return connected ? member.estimate : member.estimate * 1e6;
}

function planLeaf(leaf: Leaf, conditions: readonly Conjunct[], bound: ReadonlySet<number>): Scan {
  const always = conditions.filter((condition) => condition.slots.size === 0);
  const others = conditions.filter((condition) => condition.slots.size > 0);
  return guarded(planRows(leaf, others, bound), always);
}

/** Conditions that read no row of this FROM are tested once, before any row is read. */
function guarded(scan: Scan, conditions: readonly Conjunct[]): Scan {
  if (conditions.length === 0) return scan;
  return (frame, step) => {
    for (const condition of conditions) if (condition.test(frame) !== true) return true;
    return scan(frame, step);
  };
}

function planRows(leaf: Leaf, conditions: readonly Conjunct[], bound: ReadonlySet<number>): Scan {
  // The source that leads is scanned once; those after it once for each row before them.
  const first = bound.size === 0;
  const path = chooseAccess(leaf, conditions, bound);
  if (path !== undefined && leaf.table !== undefined) {
    return filtered(tableScan(leaf.table, leaf.source.slot, leaf.idSlot, path, leaf.hints), conditions);
  }
  const seek = seekScan(leaf, conditions, bound);
  if (seek !== undefined) return filtered(seek, conditions);
  if (leaf.reads.size === 0) {
    const hashed = hashScan(leaf, conditions, bound, first);
    if (hashed !== undefined) return hashed;
    if (leaf.computed && !first) return filtered(keptScan(leaf, leaf.scan, leaf.correlated), conditions);
  }
  return filtered(leaf.scan, conditions);
}

function planLeft(
  node: Extract<JoinNode, { readonly left: JoinNode }>,
  conditions: readonly Conjunct[],
  bound: ReadonlySet<number>,
): Scan {
  const leftSlots = union(bound, slotsOf(node.left));
  const early = conditions.filter((condition) => isSubset(condition.slots, leftSlots));
  const late = conditions.filter((condition) => !early.includes(condition));
  const left = plan(node.left, early, bound);
  const right = plan(node.right, node.on, leftSlots);
  const empty = leavesOf(node.right).map((leaf) => ({
    slot: leaf.source.slot,
    row: nullRow(leaf.source.columns.length),
    idSlot: leaf.idSlot,
  }));
  const scan: Scan = (frame, step) =>
    left(frame, () => {
      let matched = false;
      const wanted = right(frame, () => {
        matched = true;
        return step();
      });
      if (!wanted || matched) return wanted;
      for (const { slot, row, idSlot } of empty) {
        frame.rows[slot] = row;
        if (idSlot !== undefined) frame.rows[idSlot] = noId;
      }
      return step();
    });
  return filtered(scan, late);
}

const noId = [null] as const;
