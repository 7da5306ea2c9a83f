// jsii starts Node.js twice: a process that checks the version and hands messages on, and the one that works. This file, which
// Node.js loads before either, makes the first do the work: each of thousands of calls then takes one way instead of three.
//
// The working program (lib/program.js beside bin/jsii-runtime.js, @jsii/runtime 1.139.0) reads and writes messages at file
// descriptor 3; jsii's client has its end of them at 0 and 1.
'use strict';
const fs = require('fs');
const Module = require('module');
const os = require('os');
const path = require('path');
const threads = require('worker_threads');

// jsii has a thread write an index of a package's classes where there is none; without the CDK's, each run takes a second more. A short
// run ends before that thread does, and so does the next: the end waits for it, unless the packages go with this run's temporary folder.
function endAfterIndexes() {
  const busy = new Set();
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file, options) {
      super(file, options);
      const folder = options?.workerData?.packageDir;
      if (!folder || fs.realpathSync(folder).startsWith(fs.realpathSync(os.tmpdir()) + path.sep)) return;
      busy.add(this);
      this.on('exit', () => busy.delete(this));
    }
  };
  const exit = process.exit;
  process.exit = (code) => {
    if (busy.size === 0) exit.call(process, code);
    setTimeout(() => exit.call(process, code), 10_000);
    for (const w of busy) {
      w.ref();
      w.on('exit', () => busy.size === 0 && exit.call(process, code));
    }
  };
}

const started = process.argv[1] ?? '';
const program = path.join(path.dirname(started), '..', 'lib', 'program.js');
if (path.basename(started) === 'jsii-runtime.js' && fs.existsSync(program)) {
  for (const [name, fd] of [['readSync', 0], ['writeSync', 1]]) {
    const original = fs[name];
    fs[name] = (at, ...rest) => original(at === 3 ? fd : at, ...rest);
  }
  Object.defineProperty(process, 'stdout', { get: () => process.stderr }); // what is printed is no message
  process.execArgv.push('--preserve-symlinks'); // as it is in NODE_OPTIONS: the kernel looks here
  endAfterIndexes();
  require('./compiled.cjs').keep(process.env.SHAREDHUB_COMPILED);
  Module.runMain = () => {
    process.argv[1] = program;
    Module._load(program, null, true);
  };
}
