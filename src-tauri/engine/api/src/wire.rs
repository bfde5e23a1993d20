//! How an answer travels: one length-prefixed JSON head and, for row pages, the Arrow bytes
//! behind it untouched. Requests and events are plain JSON.
//!
//! Frame: 4 bytes little-endian length of the head, the head (`Result<Response, ApiError>` as
//! JSON), then raw bytes to the end.

use crate::{ApiError, ErrorCode, Response};

/// The frame of an answer.
pub fn encode_reply(reply: &Result<Response, ApiError>) -> Vec<u8> {
    let head = serde_json::to_vec(reply).unwrap_or_else(|e| {
        let error = ApiError::new(ErrorCode::Internal, format!("Cannot encode the answer: {e}"));
        serde_json::to_vec(&Err::<Response, _>(error)).unwrap_or_default()
    });
    let raw: &[u8] = match reply {
        Ok(Response::Rows(page)) => &page.arrow,
        _ => &[],
    };
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
    let mut frame = Vec::with_capacity(4 + head.len() + raw.len());
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&head);
    frame.extend_from_slice(raw);
    frame
}

/// The answer in a frame; a damaged frame is an internal error, never a panic.
pub fn decode_reply(frame: &[u8]) -> Result<Response, ApiError> {
    let damaged =
        |what: &str| ApiError::new(ErrorCode::Internal, format!("Damaged answer: {what}"));
    let (length, rest) = frame.split_first_chunk::<4>().ok_or_else(|| damaged("too short"))?;
    let length = u32::from_le_bytes(*length) as usize;
    if rest.len() < length {
        return Err(damaged("head cut off"));
    }
    let (head, raw) = rest.split_at(length);
    let reply: Result<Response, ApiError> =
        serde_json::from_slice(head).map_err(|e| damaged(&e.to_string()))?;
    reply.map(|mut response| {
        if let Response::Rows(page) = &mut response {
            page.arrow = raw.to_vec();
        }
        response
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowsPage;

    #[test]
    fn rows_travel_raw_behind_the_head() {
        let page = RowsPage { offset: 7, total: 9, columns: vec![], arrow: vec![0, 255, 1] };
        let frame = encode_reply(&Ok(Response::Rows(page.clone())));
        assert!(frame.ends_with(&[0, 255, 1]));
        assert_eq!(decode_reply(&frame), Ok(Response::Rows(page)));
    }

    #[test]
    fn errors_travel_whole() {
        let error =
            ApiError::new(ErrorCode::Locked, "The project is open elsewhere").hint("Close it");
        assert_eq!(decode_reply(&encode_reply(&Err(error.clone()))), Err(error));
    }

    #[test]
    fn a_damaged_frame_is_an_error() {
        for frame in [&[][..], &[1, 0, 0], &[9, 0, 0, 0, b'{'], &[1, 0, 0, 0, b'?']] {
            assert_eq!(decode_reply(frame).unwrap_err().code, ErrorCode::Internal);
        }
    }
}
