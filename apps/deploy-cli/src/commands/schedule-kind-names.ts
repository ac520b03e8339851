import { type ScheduleKind, scheduleKinds } from '@hartonomous/provenance-schema';

/** A kind of schedule as the command line calls it: `self-repair`. */
export function kindName(kind: ScheduleKind): string {
  return kind.toLowerCase().replaceAll('_', '-');
}

/** All of them. */
export const kindNames = scheduleKinds.map(kindName);

/** The kind of a name. @throws TypeError for what the choices of an option would have refused */
export function kindNamed(name: string): ScheduleKind {
  const found = scheduleKinds.find((kind) => kindName(kind) === name);
  if (found === undefined) throw new TypeError(`${name} is a choice, and no kind.`);
  return found;
}
