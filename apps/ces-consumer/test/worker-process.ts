import { WorkerProgram, type WorkerProgramOptions } from '@hartonomous/test-support/worker-program';

/** This worker as a process of its own, or another one beside it. */
export class WorkerProcess extends WorkerProgram {
  constructor(
    env: Readonly<Record<string, string>>,
    app = 'ces-consumer',
    program?: NonNullable<WorkerProgramOptions['program']>,
  ) {
    super(app, env, program === undefined ? {} : { program });
  }
}
