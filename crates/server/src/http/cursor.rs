//! Cursors: where a page of a list ends, in a form that callers hand back and do not read.
//!
//! Owns the form, and its version. A cursor is no secret and opens nothing: it only says after
//! which id to go on.

use vestibule_core::id::Kind;
use vestibule_core::{Id, text};

/// Counts the forms that cursors have had; another one is refused.
const VERSION: u8 = 1;

/// The cursor of a page that ends with `id`.
pub(crate) fn after<K: Kind>(id: Id<K>) -> String {
    let mut bytes = [0; 14];
    let (head, rest) = bytes.split_at_mut(2);
    head.copy_from_slice(&[VERSION, tag::<K>()]);
    rest.copy_from_slice(id.as_bytes());
    text::to_base32(&bytes)
}

/// Reads a cursor of a list of `K`.
pub(crate) fn read<K: Kind>(text: &str) -> Option<Id<K>> {
    let bytes = text::from_base32::<14>(text)?;
    let (head, id) = bytes.split_first_chunk::<2>()?;
    let known = *head == [VERSION, tag::<K>()];
    let id = <[u8; 12]>::try_from(id).ok()?;
    known.then(|| Id::from_bytes(id))
}

/// Tells cursors of one list from another's.
fn tag<K: Kind>() -> u8 {
    K::NATIVE
        .bytes()
        .fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

#[cfg(test)]
mod tests {
    use vestibule_core::invitation::Invitation;
    use vestibule_core::user::User;

    use super::*;

    #[test]
    fn a_cursor_is_read_by_its_own_list_only() {
        let id = Id::<Invitation>::from_bytes([7; 12]);
        let cursor = after(id);
        assert_eq!(read::<Invitation>(&cursor), Some(id));
        assert_eq!(read::<User>(&cursor), None);
        assert_eq!(read::<Invitation>("nonsense"), None);
        assert_eq!(read::<Invitation>(""), None);
    }
}
