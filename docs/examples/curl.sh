#!/bin/sh
# A walk through everything that a host app asks. docs/developers.md explains each step.
#   URL=http://127.0.0.1:8085 ID=cli_... SECRET=... sh curl.sh    prints what the teen opens
#   the same with CODE=... (from the address that the browser ends at) does everything else
set -eu
BACK=http://127.0.0.1/cb
VERIFIER=${VERIFIER:-a-fixed-one-for-this-walk-never-in-an-app-make-one-anew}

# 1. a teen connects the app
if [ -z "${CODE:-}" ]; then
  CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr +/ -_ | tr -d =)
  echo "$URL/oauth/authorize?response_type=code&client_id=$ID&scope=teen.bind&state=1&redirect_uri=$BACK&code_challenge=$CHALLENGE&code_challenge_method=S256"
  exit
fi
token() { curl -sS --fail-with-body -u "$ID:$SECRET" "$@" "$URL/oauth/token"; }
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
TEEN=$(token -d grant_type=authorization_code -d "code=$CODE" -d "redirect_uri=$BACK" \
  -d "code_verifier=$VERIFIER" | member teen)
echo "teen: $TEEN"

# 2. a token of the app's own, good for 15 minutes
TOKEN=$(token -d grant_type=client_credentials -d scope=policy:read | member access_token)
call() {
  printf '\n# %s\n' "$1"; shift
  curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"
  echo
}

# 3. what this app enforces: families see everything else as advice
call "capabilities" -X PUT "$URL/v1/host/capabilities" \
  -d '{"enforces": ["app.use", "search.query", "message.receive"], "restricted_search": true}'

# 4. one question, then many
SUBJECT='"subject": {"type": "teen", "id": "'$TEEN'"}'
call "may they use the app?" "$URL/access/v1/evaluation" -d '{'"$SUBJECT"',
  "action": {"name": "app.use"}, "resource": {"type": "surface", "id": "feed"}}'
call "a message and a search" "$URL/access/v1/evaluations" -d '{'"$SUBJECT"', "evaluations": [
  {"action": {"name": "message.receive"}, "resource": {"type": "account", "id": "ada",
   "properties": {"follows_me": true, "i_follow": true}}},
  {"action": {"name": "search.query"}, "resource": {"type": "query", "id": "search"},
   "context": {"query": "what is a period"}}]}'

# 5. rules to decide by yourself: the signed document, completeness, and that a device applies it
call "the policy" "$URL/v1/policies/$TEEN"
call "sync" "$URL/v1/policies/sync" -d '{"have": {"'$TEEN'": 1}}'
call "applied" "$URL/v1/policies/$TEEN/applied" -d '{"device": "tablet-1", "version": 1}'

# 6. the settings as feature flags (OFREP)
call "a flag" "$URL/ofrep/v1/evaluate/flags/search.restricted_mode" \
  -d '{"context": {"targetingKey": "'$TEEN'"}}'

# 7. be told of changes
if [ -n "${HOOK:-}" ]; then
  call "webhook" "$URL/v1/webhooks" \
    -d '{"url": "'"$HOOK"'", "events": ["policy.changed", "app.bound", "app.unbound"]}'
  call "webhooks" "$URL/v1/webhooks"
fi
