"""Every key of the service, derived from one root secret: MACs, sealed columns, signatures."""

import hmac
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from familypair.rules.receipts import MEDIA_TYPE
from familypair.schema.policies import MEDIA_TYPE as POLICY
from familypair_server.ids import Random

ROOT_BYTES = 32
NONCE_BYTES = 12
_SEPARATOR = b"\x1f"


class SecretFileError(Exception):
    """The root secret cannot be read safely; the message says what to do."""


class Keys:
    """Keys by purpose: one root secret never serves two purposes (HKDF, RFC 5869)."""

    def __init__(self, root: bytes) -> None:
        if len(root) < ROOT_BYTES:
            message = f"the root secret needs {ROOT_BYTES} bytes, got {len(root)}"
            raise SecretFileError(message)
        self._root = root
        self._derived: dict[str, bytes] = {}
        self.signing = self._signing_key("receipt-signing")
        self.policies = self._signing_key("policy-signing")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose; the same root and purpose give the same bytes."""
        if purpose not in self._derived:
            info = f"familypair/{purpose}".encode()
            kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info)
            self._derived[purpose] = kdf.derive(self._root)
        return self._derived[purpose]

    def mac(self, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA-256 over the parts, unambiguous by their lengths."""
        encoded = [part.encode() for part in parts]
        message = b"".join(b"%d%b%b" % (len(data), _SEPARATOR, data) for data in encoded)
        return hmac.digest(self.derive(purpose), message, "sha256")

    def seal(self, purpose: str, plaintext: bytes, *, aad: str, random: Random) -> str:
        """Encrypt one column with AES-256-GCM; `aad` binds it to its row and column."""
        nonce = random.bytes(NONCE_BYTES)
        return (nonce + AESGCM(self.derive(purpose)).encrypt(nonce, plaintext, aad.encode())).hex()

    def open(self, purpose: str, sealed: str, *, aad: str) -> bytes:
        """Decrypt what `seal` made; raises `cryptography.exceptions.InvalidTag` when forged."""
        raw = bytes.fromhex(sealed)
        cipher = AESGCM(self.derive(purpose))
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], aad.encode())

    def sign(self, payload: bytes) -> str:
        """A compact JWS (RFC 7515) with EdDSA over the payload."""
        return _signed(payload, self.signing, MEDIA_TYPE)

    def sign_policy(self, payload: bytes) -> str:
        """The same for what host apps decide with, by a key that signs nothing else."""
        return _signed(payload, self.policies, POLICY)

    def public_keys(self) -> dict[str, object]:
        """The JWK set (RFC 7517) with public halves only, for `/.well-known/jwks.json`."""
        return dict(KeySet([self.signing, self.policies]).as_dict(private=False))

    def _signing_key(self, purpose: str) -> OKPKey:
        private = Ed25519PrivateKey.from_private_bytes(self.derive(purpose))
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        key = OKPKey.import_key(pem, {"use": "sig", "alg": "Ed25519"})
        key.ensure_kid()
        return key


def _signed(payload: bytes, key: OKPKey, kind: str) -> str:
    header = {"alg": "Ed25519", "kid": key.kid, "typ": kind}
    return jws.serialize_compact(header, payload, key, algorithms=["Ed25519"])


def load_or_create(path: Path, random: Random) -> Keys:
    """Read the root secret, or make it on the first start (0600 inside a 0700 folder).

    Raises `SecretFileError` when others could read it: a leaked root opens every sealed column.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(random.bytes(ROOT_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{path} can be read by others; run: chmod 600 {path}"
        raise SecretFileError(message)
    return Keys(bytes.fromhex(path.read_text().strip()))
