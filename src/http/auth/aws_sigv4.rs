//! AWS Signature Version 4 in the Authorization field. Source: AWS, "Create a signed AWS API request"; proved with the vectors of the
//! published test suite.

use super::error::AuthError;
use super::{Authorize, Authorizing, FIELD, Means};
use crate::catalogue::AwsSigV4;
use crate::http::headers::Headers;
use crate::http::moment;
use crate::http::request::HttpRequest;
use crate::secret::{MASK, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::digest::{SHA256, digest};
use ring::hmac;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What stays as it is in a canonical request.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

impl Authorize for AwsSigV4 {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        Authorizing::Done(self.plan(request, means).map(drop))
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        let (id, key) = (means.secret(&self.access_key_id)?, means.secret(&self.secret_access_key)?);
        let time = basic(means.now_ms);
        request.authorize("X-Amz-Date", &Secret::new(time.as_str()), &time)?;
        if let Some(token) = self.session_token.as_deref().and_then(|name| means.optional(name)) {
            request.authorize("X-Amz-Security-Token", &token, MASK)?;
        }
        let payload = hex(digest(&SHA256, request.body()).as_ref());
        if self.service == "s3" {
            request.authorize("X-Amz-Content-Sha256", &Secret::new(payload.as_str()), &payload)?;
        }
        let scope = Scope { time: &time, region: &self.region, service: &self.service };
        let canonical = Canonical {
            method: request.method(),
            path: &canonical_path(request.target().path(), &self.service),
            query: request.target().query().unwrap_or_default(),
            headers: &signed_headers(request.headers()),
            payload: &payload,
        };
        let signature = scope.signature(&key, &canonical.to_string());
        let names = canonical.names();
        let id = id.expose().trim();
        let value = format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        let shown = format!("{ALGORITHM} Credential={MASK}/{scope}, SignedHeaders={names}, Signature={MASK}");
        request.authorize(FIELD, &Secret::new(value), &shown)?;
        Ok(None)
    }
}

/// A moment in ISO 8601's basic form, whole seconds: `20150830T123600Z`.
fn basic(at_ms: i64) -> String {
    let written = moment::written(at_ms);
    let seconds = written.split('.').next().unwrap_or_default();
    seconds.chars().filter(|ch| !matches!(ch, '-' | ':')).chain(['Z']).collect()
}

/// What a key is made for.
struct Scope<'s> {
    /// `20150830T123600Z`.
    time: &'s str,
    region: &'s str,
    service: &'s str,
}

impl std::fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}/aws4_request", self.date(), self.region, self.service)
    }
}

impl Scope<'_> {
    fn date(&self) -> &str {
        self.time.split('T').next().unwrap_or_default()
    }

    fn string_to_sign(&self, canonical: &str) -> String {
        let hash = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
        format!("{ALGORITHM}\n{}\n{self}\n{hash}", self.time)
    }

    fn signature(&self, key: &Secret, canonical: &str) -> String {
        let first = Secret::new(format!("AWS4{}", key.expose().trim()));
        let mut signed = sign(first.expose().as_bytes(), self.date());
        for part in [self.region, self.service, "aws4_request", &self.string_to_sign(canonical)] {
            signed = sign(signed.as_ref(), part);
        }
        hex(signed.as_ref())
    }
}

/// The request as both sides write it before they hash it.
struct Canonical<'c> {
    method: &'c str,
    path: &'c str,
    query: &'c str,
    /// Names in lower case, in order, with their values.
    headers: &'c BTreeMap<String, String>,
    payload: &'c str,
}

impl Canonical<'_> {
    fn names(&self) -> String {
        self.headers.keys().map(String::as_str).collect::<Vec<_>>().join(";")
    }
}

impl std::fmt::Display for Canonical<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.method, self.path, canonical_query(self.query))?;
        for (name, value) in self.headers {
            writeln!(f, "{name}:{value}")?;
        }
        write!(f, "\n{}\n{}", self.names(), self.payload)
    }
}

/// The fields that count: what a proxy changes on the way must not be signed.
fn signed_headers(headers: &Headers) -> BTreeMap<String, String> {
    const UNSIGNED: &[&str] =
        &["authorization", "user-agent", "accept", "accept-encoding", "connection", "content-length", "expect", "te"];
    let mut signed: BTreeMap<String, String> = BTreeMap::new();
    for header in headers.iter() {
        let name = header.name.to_ascii_lowercase();
        if UNSIGNED.contains(&name.as_str()) {
            continue;
        }
        let value = header.text().split_whitespace().collect::<Vec<_>>().join(" ");
        signed.entry(name).and_modify(|all| *all = format!("{all},{value}")).or_insert(value);
    }
    signed
}

/// The path as it is signed: without `.`, `..` and empty segments, and encoded once more than it is sent; of S3 as it is sent.
fn canonical_path(path: &str, service: &str) -> String {
    if service == "s3" {
        return path.to_owned();
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        if segment == ".." {
            segments.pop();
        } else {
            segments.push(segment);
        }
    }
    let mut canonical = String::from("/");
    canonical.push_str(&segments.iter().map(|segment| encoded(segment)).collect::<Vec<_>>().join("/"));
    let ends_in_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    if ends_in_folder && !segments.is_empty() {
        canonical.push('/');
    }
    canonical
}

/// The parameters in the order of their names and values, each encoded in the one way.
fn canonical_query(query: &str) -> String {
    let once = |text: &str| encoded(&percent_decode_str(text).decode_utf8_lossy());
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (once(name), once(value))).collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

fn sign(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// A request of the test suite (`aws-c-auth`, `tests/aws-signing-test-suite/v4`): fields separated by `|`, and the signature.
    #[track_caller]
    fn check(line: &str, headers: &str, body: &str, expected: &str) {
        let (method, target) = line.split_once(' ').expect("a method and a target");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut fields = Headers::default();
        for header in headers.split('|').filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(':').expect("a field");
            fields.add(name, value);
        }
        fields.add("Host", "example.amazonaws.com");
        fields.add("X-Amz-Date", "20150830T123600Z");
        let mut signed = signed_headers(&fields);
        if let Some(length) = fields.get("Content-Length") {
            signed.insert("content-length".to_owned(), length.into_owned());
        }
        let payload = hex(digest(&SHA256, body.as_bytes()).as_ref());
        let path = canonical_path(path, "service");
        let canonical = Canonical { method, path: &path, query, headers: &signed, payload: &payload }.to_string();
        let scope = Scope { time: "20150830T123600Z", region: "us-east-1", service: "service" };
        assert_eq!(scope.signature(&Secret::new(SECRET), &canonical), expected, "{line}: {canonical}");
    }

    #[test]
    fn the_canonical_request_and_the_string_to_sign_are_those_of_the_suite() {
        let headers = BTreeMap::from([
            ("host".to_owned(), "example.amazonaws.com".to_owned()),
            ("x-amz-date".to_owned(), "20150830T123600Z".to_owned()),
        ]);
        let canonical =
            Canonical { method: "GET", path: "/", query: "", headers: &headers, payload: EMPTY }.to_string();
        assert_eq!(
            canonical,
            format!("GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n{EMPTY}")
        );
        let scope = Scope { time: "20150830T123600Z", region: "us-east-1", service: "service" };
        assert_eq!(
            scope.string_to_sign(&canonical),
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n\
             bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63"
        );
    }

    #[test]
    fn signatures_are_those_of_the_suite() {
        const VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        const LETTERS: &str = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        check("GET /", "", "", VANILLA);
        check("GET /./", "", "", VANILLA);
        check("GET /example1/example2/../..", "", "", VANILLA);
        check("GET //example//", "", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84");
        check("GET /example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741");
        check("GET /ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
        check(&format!("GET /{LETTERS}"), "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
        check("POST /", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        check("GET /?ሴ=bar", "", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04");
        check(
            "GET /?Param2=value2&Param1=value1",
            "",
            "",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        );
        check(
            "GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
            "",
            "",
            "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        );
        check(
            &format!("GET /?{LETTERS}={LETTERS}"),
            "",
            "",
            "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        );
        check(
            "GET /",
            "My-Header1:value2|My-Header1:value2|My-Header1:value1",
            "",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        );
        check(
            "GET /",
            "My-Header1:value4|My-Header1:value1|My-Header1:value3|My-Header1:value2",
            "",
            "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        );
        check(
            "GET /",
            "My-Header1: value1|My-Header2: \"a   b   c\"",
            "",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        );
        check(
            "GET /",
            "X-Amz-Security-Token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
            "",
            "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        );
        check("POST /", "My-Header1:value1", "", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c");
        let body = "Param1=value1";
        let hash = "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
        let form = "Content-Type:application/x-www-form-urlencoded";
        check(
            "POST /",
            &format!("{form}|Content-Length:13|{hash}"),
            body,
            "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
        );
        check(
            "POST /",
            &format!("{form}; charset=utf-8|Content-Length:13|{hash}"),
            body,
            "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
        );
    }
}
