// jsii starts Node.js twice: a process that checks the version and hands messages on, and the one that works. This file, which
// Node.js loads before either, makes the first do the work: each of thousands of calls then takes one way instead of three.
//
// The working program (lib/program.js beside bin/jsii-runtime.js, @jsii/runtime 1.139.0) reads and writes messages at file
// descriptor 3; jsii's client has its end of them at 0 and 1.
'use strict';
const fs = require('fs');
const Module = require('module');
const path = require('path');

const started = process.argv[1] ?? '';
const program = path.join(path.dirname(started), '..', 'lib', 'program.js');
if (path.basename(started) === 'jsii-runtime.js' && fs.existsSync(program)) {
  for (const [name, fd] of [['readSync', 0], ['writeSync', 1]]) {
    const original = fs[name];
    fs[name] = (at, ...rest) => original(at === 3 ? fd : at, ...rest);
  }
  Object.defineProperty(process, 'stdout', { get: () => process.stderr }); // what is printed is no message
  process.execArgv.push('--preserve-symlinks'); // as it is in NODE_OPTIONS: the kernel looks here
  require('./compiled.cjs').keep(process.env.SHAREDHUB_COMPILED);
  Module.runMain = () => {
    process.argv[1] = program;
    Module._load(program, null, true);
  };
}
