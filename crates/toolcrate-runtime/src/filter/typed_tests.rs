//! What typed filters become, and what is refused before it is sent.
