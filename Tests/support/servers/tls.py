"""An authority made up for the test, and certificates that are good or bad in one way each."""

import datetime
import ipaddress
import pathlib
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
KINDS = ("good", "expired", "wrong_host", "unknown_authority")


class Certificates:
    """Writes an authority's certificate and one server certificate of each kind to a directory.

    `ca_file` is what a client has to trust. Use it with `with`; the directory goes at the end. The good certificate
    is for localhost, 127.0.0.1 and ::1, and for the `names` given besides.
    """

    def __init__(self, names=()):
        self._names = tuple(names)

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="tpc-certificates-")
        self.path = pathlib.Path(self._directory.name)
        authority = _authority("tpc test authority")
        stranger = _authority("tpc unknown authority")
        here = ("localhost", "127.0.0.1", "::1", *self._names)
        self._write("good", authority, here)
        self._write("expired", authority, here, expired=True)
        self._write("wrong_host", authority, ("elsewhere.example",))
        self._write("unknown_authority", stranger, here)
        self.ca_file = str(self.path / "ca.pem")
        _write_certificate(self.path / "ca.pem", authority[0])
        return self

    def __exit__(self, kind, error, traceback):
        self._directory.cleanup()

    def server_context(self, kind="good", minimum=None, maximum=None, alpn=("http/1.1",)):
        """A server's context with a certificate of this kind, between these ssl.TLSVersions, offering `alpn`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path / f"{kind}.pem", self.path / f"{kind}.key")
        if minimum is not None or maximum is not None:
            # Versions below 1.2 need this of OpenSSL 3.
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED if minimum is None else minimum
        if maximum is not None:
            context.maximum_version = maximum
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context

    def client_context(self):
        """A client's context that trusts the authority."""
        return ssl.create_default_context(cafile=self.ca_file)

    def _write(self, kind, authority, names, expired=False):
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (now - 3 * DAY, now - 2 * DAY) if expired else (now - DAY, now + 30 * DAY)
        certificate = (
            _builder(_name(names[0]), authority[0].subject, key, start, end)
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority[1].public_key()), critical=False
            )
            .sign(authority[1], hashes.SHA256())
        )
        _write_certificate(self.path / f"{kind}.pem", certificate)
        (self.path / f"{kind}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def _authority(name):
    """Certificate and key of an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False)  # fmt: skip
    certificate = (
        _builder(_name(name), _name(name), key, now - 5 * DAY, now + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def _builder(subject, issuer, key, start, end):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write_certificate(path, certificate):
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
