import { SqlError } from '../../../../errors.ts';

/** 9614. */
export function invalidActivationProcedure(queue: string): SqlError {
  return new SqlError(
    `The queue '${queue}' cannot be activated because the activation stored procedure is either not specified or is invalid.`,
    { number: 9614 },
  );
}

/** 9653. */
export function activationProcedureHasParameters(procedure: string): SqlError {
  return new SqlError(
    `The signature of activation stored procedure '${procedure}' is invalid. Parameters are not allowed.`,
    { number: 9653 },
  );
}

/** 9613. */
export function activationWithoutUser(queue: string): SqlError {
  return new SqlError(`The queue '${queue}' cannot be activated because the activation user is not specified.`, {
    number: 9613,
  });
}

/** 102. */
export function temporaryQueue(queue: string): SqlError {
  return new SqlError(`Queue names can not begin with '#'. '${queue}' is not valid.`, { number: 102, severity: 15 });
}

/** 102. */
export function serviceSyntax(): SqlError {
  return new SqlError("Incorrect syntax near 'CREATE SERVICE'.", { number: 102, severity: 15 });
}

/** 8402. */
export function handleTypeNotAllowed(type: string): SqlError {
  return new SqlError(
    `The data type of the 'handle' in the 'BEGIN DIALOG' statement must be uniqueidentifier. The ${type} data type is not allowed.`,
    { number: 8402 },
  );
}

/** 8421. */
export function serviceNameMissing(): SqlError {
  return new SqlError('The service name is missing. Specify a service name.', { number: 8421 });
}

/** 8417. */
export function contractNameMissing(): SqlError {
  return new SqlError('The service contract name is missing. Specify a service contract name.', { number: 8417 });
}

/** 8447. */
export function receiveAssignsAndSelects(): SqlError {
  return new SqlError(
    'A RECEIVE statement that assigns a value to a variable must not be combined with data retrieval operations.',
    { number: 8447 },
  );
}

/** 8450. */
export function receiveAssignsBesideInto(): SqlError {
  return new SqlError('Assignments in the RECEIVE projection are not allowed in conjunction with the INTO clause.', {
    number: 8450,
  });
}

/** 1060. */
export function receiveCountNotInteger(): SqlError {
  return new SqlError(
    'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
    { number: 1060, severity: 15 },
  );
}

/** 1014. */
export function negativeReceiveCount(): SqlError {
  return new SqlError('A TOP N or FETCH rowcount value may not be negative.', { number: 1014, severity: 15 });
}
