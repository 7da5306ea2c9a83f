// The peer of the benchmark: plain JavaScript that reads a cloud assembly and writes the same stacks with the same resources, as
// raw CfnResources of the same aws-cdk-lib. It computes nothing: no ranges, no names, no proof. Nobody's program does less and
// still goes through the CDK.
//
// node --preserve-symlinks --preserve-symlinks-main peer.js CDK.JSON ASSEMBLY OUT, with CDK_VALIDATION=false as the program has it
'use strict';
const fs = require('fs');
const path = require('path');

const cdk = require('aws-cdk-lib');

const [cdkJSON, from, to] = process.argv.slice(2);

const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const manifest = read(path.join(from, 'manifest.json'));
const off = {
  'aws:cdk:disable-stack-trace': true, 'aws:cdk:disable-logicalId-metadata': true, 'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:enable-path-metadata': false, 'aws:cdk:enable-asset-metadata': false,
};
const app = new cdk.App({
  outdir: to, analyticsReporting: false, treeMetadata: false, context: read(cdkJSON).context, postCliContext: off,
});

// The sections of a template that the CDK writes for every stack, and those that are written here.
const written = {
  Resources: (stack, id, r) => {
    const made = new cdk.CfnResource(stack, id, { type: r.Type, properties: r.Properties });
    for (const key of Object.keys(r)) {
      if (key !== 'Type' && key !== 'Properties') made.addOverride(key, r[key]);
    }
  },
  Outputs: (stack, id, o) => new cdk.CfnOutput(stack, id, { value: cdk.Token.asString(o.Value), description: o.Description }),
};

const stacks = {};
for (const [id, artifact] of Object.entries(manifest.artifacts)) {
  if (artifact.type !== 'aws:cloudformation:stack') continue;
  const template = read(path.join(from, artifact.properties.templateFile));
  const [account, region] = artifact.environment.slice('aws://'.length).split('/');
  const stack = new cdk.Stack(app, id, {
    stackName: id, description: template.Description, tags: artifact.properties.tags,
    terminationProtection: artifact.properties.terminationProtection, env: { account, region },
  });
  stacks[id] = stack;
  for (const [section, write] of Object.entries(written)) {
    for (const [name, value] of Object.entries(template[section] ?? {})) write(stack, name, value);
  }
}
for (const [id, stack] of Object.entries(stacks)) {
  for (const other of manifest.artifacts[id].dependencies) {
    if (stacks[other]) stack.addStackDependency(stacks[other]);
  }
}
app.synth();
