//! The API played from its catalogue entries, as a pure function of request, state and time.
