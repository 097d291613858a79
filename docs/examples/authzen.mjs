// AuthZEN in plain JavaScript, without a package: URL=... ID=... SECRET=... TEEN=... node authzen.mjs
const { URL: issuer, ID, SECRET, TEEN } = process.env;

async function sent(url, headers, body) {
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const found = await fetch(`${issuer}/.well-known/authzen-configuration`);
const pdp = await found.json();
const basic = Buffer.from(`${ID}:${SECRET}`).toString("base64");
const form = new URLSearchParams({ grant_type: "client_credentials", scope: "policy:read" });
const { access_token: token } = await sent(
  `${issuer}/oauth/token`, { Authorization: `Basic ${basic}` }, form);
const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
const subject = { type: "teen", id: TEEN };

export function mayUse() {
  const asked = { subject, action: { name: "app.use" }, resource: { type: "surface", id: "feed" } };
  return sent(pdp.access_evaluation_endpoint, headers, JSON.stringify(asked));
}

export function mayWrite(account, facts) {
  const resource = { type: "account", id: account, properties: facts };
  const actions = ["message.receive", "message.media"];
  const evaluations = actions.map((name) => ({ action: { name } }));
  const asked = { subject, resource, evaluations };
  return sent(pdp.access_evaluations_endpoint, headers, JSON.stringify(asked));
}

const { decision, context } = await mayUse();
console.log(decision, context.outcome, context.reason, context.explanation);
const { evaluations } = await mayWrite("ada", { follows_me: true, i_follow: true });
for (const one of evaluations) console.log(one.decision, one.context.reason);
