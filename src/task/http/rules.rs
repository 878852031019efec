//! What an entry says of its API's answers, in the words of the HTTP layer.

use crate::catalogue::{self, Entry};
use crate::http::{self, Rules};

/// The rules of an entry.
pub(super) fn of(entry: &Entry) -> Rules {
    Rules {
        entry: Some(entry.name.as_str().into()),
        url_template: entry.url_template().map(Into::into),
        accepted: entry.operation.accepted.clone(),
        idempotent: entry.is_idempotent(),
        errors: entry.error_rules().map(error_rule).collect(),
    }
}

fn error_rule(rule: &catalogue::ErrorRule) -> http::ErrorRule {
    let code = rule.code.as_ref().map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
    let resend = match rule.resend {
        catalogue::Resend::Safe => http::Resend::Safe,
        catalogue::Resend::Unsafe => http::Resend::Unsafe,
        catalogue::Resend::Never => http::Resend::Never,
    };
    http::ErrorRule {
        status: rule.status,
        code: code.map(Into::into),
        message: rule.message.as_deref().map(Into::into),
        headers: rule.headers.iter().map(|(name, part)| (name.as_str().into(), part.as_str().into())).collect(),
        kind: Some(rule.kind.as_str().into()),
        resend: Some(resend),
        wait: match rule.wait {
            None | Some(catalogue::Wait::Header) => http::Wait::Told,
            Some(catalogue::Wait::MidnightUtc) => http::Wait::MidnightUtc,
            Some(catalogue::Wait::Seconds(seconds)) => http::Wait::Seconds(seconds),
        },
        sentence: Some(rule.say.as_str().into()),
    }
}
