// Appends a byte to a file for each answer of the jsii kernel, so that a test can count the calls.
'use strict';
const fs = require('fs');
const file = fs.openSync(process.env.SHAREDHUB_TEST_CALLS, 'a');
const writeSync = fs.writeSync;
fs.writeSync = (at, ...rest) => {
  if (at === 1 || at === 3) writeSync(file, '.');
  return writeSync(at, ...rest);
};
