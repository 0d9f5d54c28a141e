// What is asked for. It stands in the address behind the #, so that a link is a scenario.

const PARTS = ['world', 'scenario', 'baseline', 'entry', 'focus', 'year'];

export function empty() {
  return {world: null, scenario: null, baseline: null, entry: null, focus: null, year: null, policies: {}};
}

export function copy(choice) {
  return structuredClone(choice);
}

function valueOf(text) {
  try { return JSON.parse(text); } catch { return text; }
}

export function fromAddress(hash) {
  const choice = empty();
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const [head, name, field] = key.split('.');
    if (PARTS.includes(key)) choice[key] = key === 'year' ? valueOf(text) : text;
    else if (head === 'policy' && name && !field) choice.policies[name] = valueOf(text);
    else if (head === 'policy' && name) choice.policies[name] = {...choice.policies[name], [field]: valueOf(text)};
  }
  return choice;
}

export function toAddress(choice) {
  const parts = new URLSearchParams();
  for (const key of PARTS) if (choice[key] !== null) parts.set(key, choice[key]);
  for (const [name, policy] of Object.entries(choice.policies)) {
    if (policy === null || policy.lever) parts.set(`policy.${name}`, JSON.stringify(policy));
    else for (const [field, value] of Object.entries(policy)) parts.set(`policy.${name}.${field}`, JSON.stringify(value));
  }
  return `#${parts}`;
}

export function withPolicy(choice, name, fields) {
  const next = copy(choice);
  next.policies[name] = {...(next.policies[name] ?? {}), ...fields};
  return next;
}

export function withoutPolicy(choice, name) {
  const next = copy(choice);
  if (next.policies[name]?.lever) delete next.policies[name];
  else next.policies[name] = null;
  return next;
}
