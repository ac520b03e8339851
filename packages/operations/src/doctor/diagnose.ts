import { gravest, type Outcome } from '../outcome.ts';
import { type Finding, findingOf } from './finding.ts';

/**
 * What is looked at: the settings, Azure that some come from, this machine, the servers, the provider of embeddings and the worker
 * that they name, and whether a message gets through.
 */
export type DiagnosisSubject =
  | 'settings'
  | 'azure'
  | 'machine'
  | 'database'
  | 'graph'
  | 'embeddings'
  | 'worker'
  | 'canary';

/** Something to look at. */
export interface Examination {
  readonly subject: DiagnosisSubject;
  /** For people, for example `Hartonomous on localhost`. */
  readonly target: string;
  readonly findings: AsyncIterable<Finding> | Iterable<Finding>;
  /** What to do when it can't be looked at. */
  readonly advice: string;
}

/** What was found about one subject. */
export interface SubjectDiagnosis {
  readonly subject: DiagnosisSubject;
  readonly target: string;
  readonly findings: readonly Finding[];
}

/** What was found. */
export interface Diagnosis {
  /** Whether there is no problem; there may be warnings. */
  readonly ok: boolean;
  readonly outcome: Outcome;
  readonly subjects: readonly SubjectDiagnosis[];
}

/** Called with what is found as it is found. */
export interface DiagnosisProgress {
  readonly onSubject: (examination: Examination) => void;
  readonly onFinding: (finding: Finding) => void;
}

/**
 * Makes the examinations one after another. A server that can't be reached is a finding, so that the others are looked
 * at all the same.
 *
 * @throws only what nobody expects, and a signal's reason
 */
export async function diagnose(
  examinations: readonly Examination[],
  { onSubject, onFinding }: DiagnosisProgress,
): Promise<Diagnosis> {
  const subjects: SubjectDiagnosis[] = [];
  for (const examination of examinations) {
    const { subject, target, advice } = examination;
    onSubject(examination);
    const findings: Finding[] = [];
    const found = (finding: Finding) => {
      findings.push(finding);
      onFinding(finding);
    };
    try {
      for await (const finding of examination.findings) found(finding);
    } catch (error) {
      const finding = findingOf(`${subject}.reachable`, error, advice);
      if (finding === undefined) throw error;
      found(finding);
    }
    subjects.push({ subject, target, findings });
  }
  const outcome = gravest(subjects.flatMap(({ findings }) => findings.map((finding) => finding.outcome)));
  return { ok: outcome === 'ok', outcome, subjects };
}
