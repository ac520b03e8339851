import { SqlError, type SqlErrorDetails } from '../../errors.ts';

/** An error made by THROW (which ends the batch when nothing catches it) or by RAISERROR (which does not). */
export class UserError extends SqlError {
  readonly origin: 'throw' | 'raiserror';

  constructor(origin: 'throw' | 'raiserror', message: string, details: SqlErrorDetails) {
    super(message, details);
    this.origin = origin;
  }
}
